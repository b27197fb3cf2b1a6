/** Words that WGSL keeps for itself, or that a name of ours would hide. Source: the WGSL specification, sections 15 and 16. */

const keywords =
  'alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let ' +
  'loop override requires return struct switch true var while';

/** Reserved for later versions of the language; those that could be a word of a model. */
const reserved =
  'NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become cast catch class ' +
  'co_await co_return co_yield coherent column_major common compile compile_fragment concept const_cast consteval ' +
  'constexpr constinit crate debugger decltype delete demote demote_to_helper do dynamic_cast enum explicit export ' +
  'extends extern external fallthrough filter final finally friend from fxgroup get goto groupshared highp impl ' +
  'implements import inline instanceof interface layout lowp macro macro_rules match mediump meta mod module move mut ' +
  'mutable namespace new nil noexcept noinline nointerpolation non_coherent noncoherent noperspective null nullptr of ' +
  'operator package packoffset partition pass patch pixelfragment precise precision premerge priv protected pub public ' +
  'readonly ref regardless register reinterpret_cast require resource restrict self set shared sizeof smooth snorm ' +
  'static static_assert static_cast std subroutine super target template this thread_local throw trait try type typedef ' +
  'typeid typename typeof union unless unorm unsafe unsized use using varying virtual volatile wgsl where with writeonly ' +
  'yield';

/** Predeclared types and functions, address spaces and accesses. */
const predeclared =
  'abs acos all any array arrayLength asin atan atan2 atomic bitcast bool ceil clamp cos cosh cross degrees distance ' +
  'dot exp exp2 f16 f32 floor fma fract frexp function i32 inverseSqrt ldexp length log log2 mat2x2 max min mix modf ' +
  'normalize pow private ptr radians read read_write reflect round sampler saturate select sign sin sinh smoothstep ' +
  'sqrt step storage subgroupAdd subgroupBroadcast subgroupMax subgroupMin tan tanh texture trunc u32 uniform vec2 vec3 ' +
  'vec4 vec4f vec4i vec4u workgroup workgroupBarrier write';

export const reservedWords: ReadonlySet<string> = new Set(`${keywords} ${reserved} ${predeclared}`.split(' '));
