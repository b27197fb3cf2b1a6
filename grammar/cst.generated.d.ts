import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface ExpressionCstNode extends CstNode {
  name: "expression";
  children: ExpressionCstChildren;
}

export type ExpressionCstChildren = {
  operand: (OperandCstNode)[];
  Operator?: IToken[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  Minus?: IToken[];
  logDensity?: LogDensityCstNode[];
  conditional?: ConditionalCstNode[];
  mean?: MeanCstNode[];
  shaped?: ShapedCstNode[];
};

export interface LogDensityCstNode extends CstNode {
  name: "logDensity";
  children: LogDensityCstChildren;
}

export type LogDensityCstChildren = {
  Log: IToken[];
  designator: DesignatorCstNode[];
};

export interface ConditionalCstNode extends CstNode {
  name: "conditional";
  children: ConditionalCstChildren;
}

export type ConditionalCstChildren = {
  If: IToken[];
  expression: (ExpressionCstNode)[];
  Then: IToken[];
  Else: IToken[];
};

export interface MeanCstNode extends CstNode {
  name: "mean";
  children: MeanCstChildren;
}

export type MeanCstChildren = {
  Mean: IToken[];
  designator: DesignatorCstNode[];
};

export interface DesignatorCstNode extends CstNode {
  name: "designator";
  children: DesignatorCstChildren;
}

export type DesignatorCstChildren = {
  Identifier: IToken[];
  suffix?: SuffixCstNode[];
};

export interface ShapedCstNode extends CstNode {
  name: "shaped";
  children: ShapedCstChildren;
}

export type ShapedCstChildren = {
  postfix: (PostfixCstNode)[];
  Like?: IToken[];
};

export interface PostfixCstNode extends CstNode {
  name: "postfix";
  children: PostfixCstChildren;
}

export type PostfixCstChildren = {
  Identifier?: IToken[];
  NumberLiteral?: IToken[];
  StringLiteral?: IToken[];
  Log?: IToken[];
  call?: CallCstNode[];
  parenthesis?: ParenthesisCstNode[];
  list?: ListCstNode[];
  record?: RecordCstNode[];
  expectation?: ExpectationCstNode[];
  divergence?: DivergenceCstNode[];
  suffix?: SuffixCstNode[];
};

export interface SuffixCstNode extends CstNode {
  name: "suffix";
  children: SuffixCstChildren;
}

export type SuffixCstChildren = {
  call?: CallCstNode[];
  indices?: IndicesCstNode[];
  Dot?: IToken[];
  Identifier?: IToken[];
};

export interface IndicesCstNode extends CstNode {
  name: "indices";
  children: IndicesCstChildren;
}

export type IndicesCstChildren = {
  LSquare: IToken[];
  expression: ExpressionCstNode[];
  Comma?: IToken[];
  RSquare: IToken[];
};

export interface CallCstNode extends CstNode {
  name: "call";
  children: CallCstChildren;
}

export type CallCstChildren = {
  LParen: IToken[];
  argument?: ArgumentCstNode[];
  Comma?: IToken[];
  given?: GivenCstNode[];
  RParen: IToken[];
};

export interface GivenCstNode extends CstNode {
  name: "given";
  children: GivenCstChildren;
}

export type GivenCstChildren = {
  Bar: IToken[];
  argument: ArgumentCstNode[];
  Comma?: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  Identifier?: IToken[];
  Colon?: IToken[];
  Equals?: IToken[];
  expression: ExpressionCstNode[];
  each?: EachCstNode[];
};

export interface NamedArgumentCstNode extends CstNode {
  name: "namedArgument";
  children: NamedArgumentCstChildren;
}

export type NamedArgumentCstChildren = {
  Identifier: IToken[];
  Colon: IToken[];
  expression: ExpressionCstNode[];
};

export interface ParenthesisCstNode extends CstNode {
  name: "parenthesis";
  children: ParenthesisCstChildren;
}

export type ParenthesisCstChildren = {
  LParen: IToken[];
  items: ItemsCstNode[];
  RParen: IToken[];
};

export interface ListCstNode extends CstNode {
  name: "list";
  children: ListCstChildren;
}

export type ListCstChildren = {
  LSquare: IToken[];
  items?: ItemsCstNode[];
  RSquare: IToken[];
};

export interface ItemsCstNode extends CstNode {
  name: "items";
  children: ItemsCstChildren;
}

export type ItemsCstChildren = {
  expression: (ExpressionCstNode)[];
  each?: EachCstNode[];
  Comma?: IToken[];
};

export interface RecordCstNode extends CstNode {
  name: "record";
  children: RecordCstChildren;
}

export type RecordCstChildren = {
  LCurly: IToken[];
  namedArgument?: NamedArgumentCstNode[];
  Comma?: IToken[];
  RCurly: IToken[];
};

export interface ExpectationCstNode extends CstNode {
  name: "expectation";
  children: ExpectationCstChildren;
}

export type ExpectationCstChildren = {
  E: IToken[];
  LSquare: IToken[];
  draw: DrawCstNode[];
  Comma?: (IToken)[];
  RSquare: IToken[];
  LParen: IToken[];
  expression: ExpressionCstNode[];
  Where?: IToken[];
  binding?: BindingCstNode[];
  RParen: IToken[];
};

export interface BindingCstNode extends CstNode {
  name: "binding";
  children: BindingCstChildren;
}

export type BindingCstChildren = {
  target: TargetCstNode[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface DrawCstNode extends CstNode {
  name: "draw";
  children: DrawCstChildren;
}

export type DrawCstChildren = {
  target: TargetCstNode[];
  Comma?: IToken[];
  Tilde: IToken[];
  expression: (ExpressionCstNode)[];
  Coupled?: IToken[];
  call?: CallCstNode[];
  By?: IToken[];
  each?: EachCstNode[];
};

export interface DivergenceCstNode extends CstNode {
  name: "divergence";
  children: DivergenceCstChildren;
}

export type DivergenceCstChildren = {
  KL: IToken[];
  LParen: IToken[];
  expression: (ExpressionCstNode)[];
  BarBar: IToken[];
  Comma?: IToken[];
  namedArgument?: NamedArgumentCstNode[];
  RParen: IToken[];
};

export interface TargetCstNode extends CstNode {
  name: "target";
  children: TargetCstChildren;
}

export type TargetCstChildren = {
  Identifier: (IToken)[];
  LSquare?: IToken[];
  RSquare?: IToken[];
};

export interface EachCstNode extends CstNode {
  name: "each";
  children: EachCstChildren;
}

export type EachCstChildren = {
  For: IToken[];
  Identifier?: (IToken)[];
  LParen?: IToken[];
  Comma?: IToken[];
  RParen?: IToken[];
  In: IToken[];
  expression: ExpressionCstNode[];
};

export interface BlockCstNode extends CstNode {
  name: "block";
  children: BlockCstChildren;
}

export type BlockCstChildren = {
  LCurly: IToken[];
  statement?: StatementCstNode[];
  RCurly: IToken[];
};

export interface StatementCstNode extends CstNode {
  name: "statement";
  children: StatementCstChildren;
}

export type StatementCstChildren = {
  each?: EachCstNode[];
  block?: BlockCstNode[];
  Return?: IToken[];
  returned?: ReturnedCstNode[];
  Comma?: IToken[];
  param?: ParamCstNode[];
  Keep?: IToken[];
  Identifier?: IToken[];
  At?: IToken[];
  expression?: ExpressionCstNode[];
  assignment?: AssignmentCstNode[];
};

export interface AssignmentCstNode extends CstNode {
  name: "assignment";
  children: AssignmentCstChildren;
}

export type AssignmentCstChildren = {
  Global?: IToken[];
  Carry?: IToken[];
  target: TargetCstNode[];
  Comma?: IToken[];
  Tilde?: IToken[];
  Equals?: IToken[];
  expression: ExpressionCstNode[];
};

export interface ReturnedCstNode extends CstNode {
  name: "returned";
  children: ReturnedCstChildren;
}

export type ReturnedCstChildren = {
  Identifier?: IToken[];
  Colon?: IToken[];
  expression: ExpressionCstNode[];
};

export interface ParamCstNode extends CstNode {
  name: "param";
  children: ParamCstChildren;
}

export type ParamCstChildren = {
  Param: IToken[];
  target: TargetCstNode[];
  Colon: IToken[];
  type: TypeCstNode[];
  Equals?: IToken[];
  From?: IToken[];
  designator?: DesignatorCstNode[];
  expression?: ExpressionCstNode[];
};

export interface ParametersCstNode extends CstNode {
  name: "parameters";
  children: ParametersCstChildren;
}

export type ParametersCstChildren = {
  LParen: IToken[];
  parameter?: ParameterCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  Identifier: IToken[];
  Colon?: IToken[];
  type?: TypeCstNode[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface TypeCstNode extends CstNode {
  name: "type";
  children: TypeCstChildren;
}

export type TypeCstChildren = {
  Identifier: (IToken)[];
  Dot?: IToken[];
  LParen?: IToken[];
  expression?: ExpressionCstNode[];
  Comma?: IToken[];
  RParen?: IToken[];
  indices?: IndicesCstNode[];
};

export interface ProgramCstNode extends CstNode {
  name: "program";
  children: ProgramCstChildren;
}

export type ProgramCstChildren = {
  Train?: IToken[];
  Evaluate?: IToken[];
  Infer?: IToken[];
  Identifier?: IToken[];
  LCurly: IToken[];
  clause?: ClauseCstNode[];
  RCurly: IToken[];
};

export interface ClauseCstNode extends CstNode {
  name: "clause";
  children: ClauseCstChildren;
}

export type ClauseCstChildren = {
  Data?: IToken[];
  expression?: ExpressionCstNode[];
  goal?: GoalCstNode[];
  setting?: SettingCstNode[];
  over?: OverCstNode[];
  alternate?: AlternateCstNode[];
  track?: TrackCstNode[];
  Report?: IToken[];
  report?: ReportCstNode[];
  Comma?: IToken[];
  coordinateAscent?: CoordinateAscentCstNode[];
};

export interface SettingCstNode extends CstNode {
  name: "setting";
  children: SettingCstChildren;
}

export type SettingCstChildren = {
  Optimizer?: IToken[];
  Batch?: IToken[];
  Epochs?: IToken[];
  Steps?: IToken[];
  Seed?: IToken[];
  Ema?: IToken[];
  Clip?: IToken[];
  Start?: IToken[];
  Restarts?: IToken[];
  expression: ExpressionCstNode[];
};

export interface GoalCstNode extends CstNode {
  name: "goal";
  children: GoalCstChildren;
}

export type GoalCstChildren = {
  Maximize?: IToken[];
  Minimize?: IToken[];
  expression: (ExpressionCstNode)[];
  over?: OverCstNode[];
  With?: IToken[];
};

export interface OverCstNode extends CstNode {
  name: "over";
  children: OverCstChildren;
}

export type OverCstChildren = {
  Over: IToken[];
  expression: ExpressionCstNode[];
  Comma?: IToken[];
};

export interface AlternateCstNode extends CstNode {
  name: "alternate";
  children: AlternateCstChildren;
}

export type AlternateCstChildren = {
  Alternate: IToken[];
  LCurly: IToken[];
  turn?: TurnCstNode[];
  RCurly: IToken[];
};

export interface TurnCstNode extends CstNode {
  name: "turn";
  children: TurnCstChildren;
}

export type TurnCstChildren = {
  goal?: (GoalCstNode)[];
  Repeat?: IToken[];
  expression?: ExpressionCstNode[];
  LCurly?: IToken[];
  RCurly?: IToken[];
};

export interface TrackCstNode extends CstNode {
  name: "track";
  children: TrackCstChildren;
}

export type TrackCstChildren = {
  Track: IToken[];
  Every: IToken[];
  expression: ExpressionCstNode[];
  Epoch?: IToken[];
  Epochs?: IToken[];
  Step?: IToken[];
  Steps?: IToken[];
  LCurly: IToken[];
  report?: ReportCstNode[];
  Comma?: IToken[];
  RCurly: IToken[];
};

export interface ReportCstNode extends CstNode {
  name: "report";
  children: ReportCstChildren;
}

export type ReportCstChildren = {
  expression: (ExpressionCstNode)[];
  On?: IToken[];
};

export interface CoordinateAscentCstNode extends CstNode {
  name: "coordinateAscent";
  children: CoordinateAscentCstChildren;
}

export type CoordinateAscentCstChildren = {
  CoordinateAscent: IToken[];
  expression: (ExpressionCstNode)[];
  Over: IToken[];
  Until?: IToken[];
  Changes?: IToken[];
  Less?: IToken[];
};

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  declaration?: DeclarationCstNode[];
};

export interface DeclarationCstNode extends CstNode {
  name: "declaration";
  children: DeclarationCstChildren;
}

export type DeclarationCstChildren = {
  use?: UseCstNode[];
  hyper?: HyperCstNode[];
  data?: DataCstNode[];
  function?: FunctionCstNode[];
  net?: NetCstNode[];
  param?: ParamCstNode[];
  model?: ModelCstNode[];
  schedule?: ScheduleCstNode[];
  objective?: ObjectiveCstNode[];
  program?: ProgramCstNode[];
  sample?: SampleCstNode[];
  sweep?: SweepCstNode[];
};

export interface UseCstNode extends CstNode {
  name: "use";
  children: UseCstChildren;
}

export type UseCstChildren = {
  Use: IToken[];
  Run?: IToken[];
  StringLiteral: IToken[];
};

export interface HyperCstNode extends CstNode {
  name: "hyper";
  children: HyperCstChildren;
}

export type HyperCstChildren = {
  Hyper: IToken[];
  Identifier: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface DataCstNode extends CstNode {
  name: "data";
  children: DataCstChildren;
}

export type DataCstChildren = {
  Data: IToken[];
  Identifier: IToken[];
  dataBlock?: (DataBlockCstNode)[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
  dataClause?: DataClauseCstNode[];
};

export interface DataBlockCstNode extends CstNode {
  name: "dataBlock";
  children: DataBlockCstChildren;
}

export type DataBlockCstChildren = {
  LCurly: IToken[];
  dataClause?: DataClauseCstNode[];
  RCurly: IToken[];
};

export interface DataClauseCstNode extends CstNode {
  name: "dataClause";
  children: DataClauseCstChildren;
}

export type DataClauseCstChildren = {
  Where?: IToken[];
  expression?: (ExpressionCstNode)[];
  Source?: IToken[];
  Split?: IToken[];
  namedArgument?: NamedArgumentCstNode[];
  Comma?: IToken[];
  binarize?: BinarizeCstNode[];
  Standardize?: IToken[];
  Identifier?: (IToken)[];
  Colon?: IToken[];
  type?: TypeCstNode[];
  Equals?: IToken[];
};

export interface BinarizeCstNode extends CstNode {
  name: "binarize";
  children: BinarizeCstChildren;
}

export type BinarizeCstChildren = {
  Binarize: IToken[];
  Identifier: IToken[];
  At?: IToken[];
  expression?: ExpressionCstNode[];
  Dynamic?: IToken[];
};

export interface FunctionCstNode extends CstNode {
  name: "function";
  children: FunctionCstChildren;
}

export type FunctionCstChildren = {
  Function: IToken[];
  signed: SignedCstNode[];
};

export interface ObjectiveCstNode extends CstNode {
  name: "objective";
  children: ObjectiveCstChildren;
}

export type ObjectiveCstChildren = {
  Objective: IToken[];
  signed: SignedCstNode[];
};

export interface NetCstNode extends CstNode {
  name: "net";
  children: NetCstChildren;
}

export type NetCstChildren = {
  Net: IToken[];
  signed: SignedCstNode[];
};

export interface SampleCstNode extends CstNode {
  name: "sample";
  children: SampleCstChildren;
}

export type SampleCstChildren = {
  Sample: IToken[];
  signed: SignedCstNode[];
};

export interface ScheduleCstNode extends CstNode {
  name: "schedule";
  children: ScheduleCstChildren;
}

export type ScheduleCstChildren = {
  Schedule: IToken[];
  signed: SignedCstNode[];
};

export interface SignedCstNode extends CstNode {
  name: "signed";
  children: SignedCstChildren;
}

export type SignedCstChildren = {
  Identifier: IToken[];
  parameters?: ParametersCstNode[];
  block?: BlockCstNode[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface ModelCstNode extends CstNode {
  name: "model";
  children: ModelCstChildren;
}

export type ModelCstChildren = {
  Model?: IToken[];
  Guide?: IToken[];
  Identifier: IToken[];
  parameters?: ParametersCstNode[];
  block: BlockCstNode[];
};

export interface SweepCstNode extends CstNode {
  name: "sweep";
  children: SweepCstChildren;
}

export type SweepCstChildren = {
  Sweep: IToken[];
  Identifier: IToken[];
  In: IToken[];
  expression: ExpressionCstNode[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  expression(children: ExpressionCstChildren, param?: IN): OUT;
  operand(children: OperandCstChildren, param?: IN): OUT;
  logDensity(children: LogDensityCstChildren, param?: IN): OUT;
  conditional(children: ConditionalCstChildren, param?: IN): OUT;
  mean(children: MeanCstChildren, param?: IN): OUT;
  designator(children: DesignatorCstChildren, param?: IN): OUT;
  shaped(children: ShapedCstChildren, param?: IN): OUT;
  postfix(children: PostfixCstChildren, param?: IN): OUT;
  suffix(children: SuffixCstChildren, param?: IN): OUT;
  indices(children: IndicesCstChildren, param?: IN): OUT;
  call(children: CallCstChildren, param?: IN): OUT;
  given(children: GivenCstChildren, param?: IN): OUT;
  argument(children: ArgumentCstChildren, param?: IN): OUT;
  namedArgument(children: NamedArgumentCstChildren, param?: IN): OUT;
  parenthesis(children: ParenthesisCstChildren, param?: IN): OUT;
  list(children: ListCstChildren, param?: IN): OUT;
  items(children: ItemsCstChildren, param?: IN): OUT;
  record(children: RecordCstChildren, param?: IN): OUT;
  expectation(children: ExpectationCstChildren, param?: IN): OUT;
  binding(children: BindingCstChildren, param?: IN): OUT;
  draw(children: DrawCstChildren, param?: IN): OUT;
  divergence(children: DivergenceCstChildren, param?: IN): OUT;
  target(children: TargetCstChildren, param?: IN): OUT;
  each(children: EachCstChildren, param?: IN): OUT;
  block(children: BlockCstChildren, param?: IN): OUT;
  statement(children: StatementCstChildren, param?: IN): OUT;
  assignment(children: AssignmentCstChildren, param?: IN): OUT;
  returned(children: ReturnedCstChildren, param?: IN): OUT;
  param(children: ParamCstChildren, param?: IN): OUT;
  parameters(children: ParametersCstChildren, param?: IN): OUT;
  parameter(children: ParameterCstChildren, param?: IN): OUT;
  type(children: TypeCstChildren, param?: IN): OUT;
  program(children: ProgramCstChildren, param?: IN): OUT;
  clause(children: ClauseCstChildren, param?: IN): OUT;
  setting(children: SettingCstChildren, param?: IN): OUT;
  goal(children: GoalCstChildren, param?: IN): OUT;
  over(children: OverCstChildren, param?: IN): OUT;
  alternate(children: AlternateCstChildren, param?: IN): OUT;
  turn(children: TurnCstChildren, param?: IN): OUT;
  track(children: TrackCstChildren, param?: IN): OUT;
  report(children: ReportCstChildren, param?: IN): OUT;
  coordinateAscent(children: CoordinateAscentCstChildren, param?: IN): OUT;
  file(children: FileCstChildren, param?: IN): OUT;
  declaration(children: DeclarationCstChildren, param?: IN): OUT;
  use(children: UseCstChildren, param?: IN): OUT;
  hyper(children: HyperCstChildren, param?: IN): OUT;
  data(children: DataCstChildren, param?: IN): OUT;
  dataBlock(children: DataBlockCstChildren, param?: IN): OUT;
  dataClause(children: DataClauseCstChildren, param?: IN): OUT;
  binarize(children: BinarizeCstChildren, param?: IN): OUT;
  function(children: FunctionCstChildren, param?: IN): OUT;
  objective(children: ObjectiveCstChildren, param?: IN): OUT;
  net(children: NetCstChildren, param?: IN): OUT;
  sample(children: SampleCstChildren, param?: IN): OUT;
  schedule(children: ScheduleCstChildren, param?: IN): OUT;
  signed(children: SignedCstChildren, param?: IN): OUT;
  model(children: ModelCstChildren, param?: IN): OUT;
  sweep(children: SweepCstChildren, param?: IN): OUT;
}
