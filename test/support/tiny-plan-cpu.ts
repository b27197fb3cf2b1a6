/** The plan of tiny-plan.ts for the processor: the same buffers and programs, its kernels in WebAssembly by hand. */
import type { CompiledKernels, Plan } from '../../compiler/5-kernel/plan.ts';
import { tinyPlan } from './tiny-plan.ts';
import { assemble } from './wat.ts';

/** The body once for every workgroup, whose number is $g. */
const eachWorkgroup = (body: string) => `
  (local.set $g (local.get $from))
  (block $end
    (loop $next
      (br_if $end (i32.ge_u (local.get $g) (local.get $to)))
      ${body}
      (local.set $g (i32.add (local.get $g) (i32.const 1)))
      (br $next)))`;

const parameters = (...names: readonly string[]) =>
  [...names, '$from', '$to'].map((name) => `(param ${name} i32)`).join(' ');
const get = (name: string) => `(local.get ${name})`;
/** The address of element `index`, four bytes each, or one. */
const at = (base: string, index: string) => `(i32.add ${get(base)} (i32.mul ${index} (i32.const 4)))`;
const member = (i: number) => `(i32.add (local.get $scalars) (i32.const ${4 * i}))`;
const load = (base: string, index: string) => `(f32.load ${at(base, index)})`;
const word = (base: string, index: string) => `(i32.load ${at(base, index)})`;
const number = (i: number) => `(i32.const ${i})`;
/** Feature j of row $row, a byte / 255. */
const feature = (j: number) => `(f32.mul (f32.convert_i32_u (i32.load8_u (i32.add ${get('$x')}
  (i32.add (i32.mul ${get('$row')} (i32.const 2)) ${number(j)})))) (f32.const ${1 / 255}))`;
const error = `(f32.sub (f32.add (f32.add
  (f32.mul ${get('$f0')} ${load('$parameters', number(0))}) (f32.mul ${get('$f1')} ${load('$parameters', number(1))}))
  ${load('$parameters', number(64))}) ${load('$y', get('$row'))})`;

const rows = `(func $rows ${parameters('$chosen', '$scalars')} (local $g i32) (local $position i32)
  ${eachWorkgroup(`
    (local.set $position (i32.add (i32.load ${member(0)}) (local.get $g)))
    (i32.store ${at('$chosen', get('$g'))} (select
      (i32.sub (local.get $position) (i32.load ${member(1)}))
      (local.get $position)
      (i32.ge_u (local.get $position) (i32.load ${member(1)}))))`)})`;

/** The gradient is summed in the thread's own memory, which holds whatever the last run left there. */
const lossAndGradient = `(func $loss_and_gradient
  ${parameters('$chosen', '$x', '$y', '$parameters', '$gradient', '$scores', '$trouble', '$scalars', '$sums')}
  (local $g i32) (local $i i32) (local $row i32) (local $f0 f32) (local $f1 f32) (local $error f32) (local $fit f32)
  ${eachWorkgroup(`
    (local.set $fit (f32.const 0))
    ${[0, 1, 2].map((j) => `(f32.store ${at('$sums', number(j))} (f32.const 0))`).join('\n')}
    (local.set $i (i32.const 0))
    (block $all (loop $more
      (br_if $all (i32.ge_u (local.get $i) (i32.const 4)))
      (local.set $row ${word('$chosen', get('$i'))})
      (local.set $f0 ${feature(0)})
      (local.set $f1 ${feature(1)})
      (local.set $error ${error})
      (local.set $fit (f32.add (local.get $fit) (f32.mul (f32.mul ${get('$error')} ${get('$error')}) (f32.const 0.25))))
      ${[get('$f0'), get('$f1'), '(f32.const 1)']
        .map((f, j) => {
          const term = `(f32.mul (f32.mul ${get('$error')} (f32.const 0.5)) ${f})`;
          return `(f32.store ${at('$sums', number(j))} (f32.add ${load('$sums', number(j))} ${term}))`;
        })
        .join('\n')}
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $more)))
    ${[0, 1, 64].map((to, j) => `(f32.store ${at('$gradient', number(to))} ${load('$sums', number(j))})`).join('\n')}
    (f32.store ${at('$scores', number(0))} (f32.mul (f32.load ${member(1)}) (local.get $fit)))
    (f32.store ${at('$scores', number(64))} (local.get $fit))
    (f32.store ${at('$scores', number(128))} (f32.sqrt ${[0, 1, 2]
      .map((j) => `(f32.mul ${load('$sums', number(j))} ${load('$sums', number(j))})`)
      .reduce((sum, term) => `(f32.add ${sum} ${term})`)}))
    (if (i32.and
        (i32.eqz ${word('$trouble', number(0))})
        (i32.eq (i32.and (i32.reinterpret_f32 (local.get $fit)) (i32.const 2139095040)) (i32.const 2139095040)))
      (i32.store ${at('$trouble', number(0))} (i32.add (i32.load ${member(0)}) (i32.const 1)))
      (i32.store ${at('$trouble', number(1))} (i32.const 0)))`)})`;

const update = `(func $update ${parameters('$gradient', '$trouble', '$parameters', '$velocity', '$scalars')}
  (local $g i32) (local $v f32)
  ${eachWorkgroup(`
    (if (i32.eqz ${word('$trouble', number(0))})
      (local.set $v (f32.add (f32.mul (f32.load ${member(1)}) ${load('$velocity', get('$g'))}) ${load('$gradient', get('$g'))}))
      (f32.store ${at('$velocity', get('$g'))} (local.get $v))
      (f32.store ${at('$parameters', get('$g'))}
        (f32.sub ${load('$parameters', get('$g'))} (f32.mul (f32.load ${member(0)}) (local.get $v)))))`)})`;

const rowErrors = `(func $row_errors ${parameters('$x', '$y', '$parameters', '$errors', '$features', '$scalars')}
  (local $g i32) (local $row i32) (local $last i32) (local $f0 f32) (local $f1 f32) (local $error f32)
  ${eachWorkgroup(`
    (local.set $last (i32.sub (i32.load ${member(1)}) (i32.const 1)))
    (local.set $row (i32.add (i32.load ${member(0)}) (local.get $g)))
    (local.set $row (select (local.get $last) (local.get $row) (i32.ge_u (local.get $row) (local.get $last))))
    (local.set $f0 ${feature(0)})
    (local.set $f1 ${feature(1)})
    (local.set $error ${error})
    (f32.store ${at('$errors', get('$g'))} (f32.mul (local.get $error) (local.get $error)))
    (f32.store ${at('$features', `(i32.mul ${get('$g')} (i32.const 2))`)} (local.get $f0))
    (f32.store ${at('$features', `(i32.add (i32.mul ${get('$g')} (i32.const 2)) (i32.const 1))`)} (local.get $f1))`)})`;

const draw = `(func $draw ${parameters('$parameters', '$points', '$scalars')} (local $g i32)
  ${eachWorkgroup(`
    (f32.store ${at('$points', `(i32.mul ${get('$g')} (i32.const 2))`)}
      (f32.convert_i32_u (i32.add (i32.load ${member(0)}) (local.get $g))))
    (f32.store ${at('$points', `(i32.add (i32.mul ${get('$g')} (i32.const 2)) (i32.const 1))`)}
      (f32.add (f32.convert_i32_u (i32.rem_u (i32.load ${member(1)}) (i32.const 1000))) ${load('$parameters', number(64))}))`)})`;

const texts: Readonly<Record<string, string>> = {
  rows,
  loss_and_gradient: lossAndGradient,
  update,
  row_errors: rowErrors,
  draw,
};

/** A workgroup an element, and so much to do by the plan's figures that every dispatch is worth several threads. */
const workgroups: Readonly<Record<string, number>> = {
  rows: 4,
  loss_and_gradient: 1,
  update: 128,
  row_errors: 4,
  draw: 4,
};

export const tinyCpuPlan: Plan = {
  ...tinyPlan,
  target: 'cpu',
  profile: 'cpu',
  kernels: tinyPlan.kernels.map((kernel) => ({
    ...kernel,
    file: `${kernel.name}.wat`,
    workgroupSize: [1, 1, 1] as const,
    flops: 1e9,
    ...(kernel.name === 'loss_and_gradient' && { scratch: 12 }),
  })),
  programs: tinyPlan.programs.map((program) => ({
    ...program,
    dispatches: program.dispatches.map((dispatch) => ({
      ...dispatch,
      workgroups: [workgroups[dispatch.kernel]!, 1, 1] as const,
    })),
  })),
};

/** The compiled plan with other texts for some of its kernels. */
export function tinyCpuWith(changed: Readonly<Record<string, string>>): CompiledKernels {
  const all = { ...texts, ...changed };
  const bytes = assemble(Object.values(all).join('\n'));
  return { plan: tinyCpuPlan, sources: new Map(Object.entries(all)), modules: { relaxed: bytes, plain: bytes } };
}

export const tinyCpuCompiled: CompiledKernels = tinyCpuWith({});
