/** What comes back from the device: where each result lies in a ring slot, and its numbers as typed arrays. */
import type { Plan, PlanProgram, PlanResult } from '../../compiler/5-kernel/plan.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';

export type Numbers = Float32Array | Uint32Array;

/** The results of one run by name, each row major in its plan's shape. */
export type RunResults = ReadonlyMap<string, Numbers>;

/** A copy from a buffer to the slot: results that lie next to each other travel together. */
export interface Copy {
  readonly buffer: string;
  readonly from: number;
  readonly bytes: number;
  /** Where it begins in the slot. */
  readonly to: number;
}

export interface SlotLayout {
  readonly copies: readonly Copy[];
  /** Bytes of a slot. */
  readonly bytes: number;
  readonly fields: readonly { readonly result: PlanResult; readonly offset: number }[];
}

/** The most runs that one submit may hold. */
const mostRuns = 1024;

/** The slots of a submit take at most this many bytes, unless one is larger. */
const mostBytes = 2 ** 22;

/** A gap of at most this many bytes is copied along rather than copied around. */
const smallGap = 256;

/** How one run's results, and those states that are asked for, are laid out in a slot of the ring. */
export function slotLayout(plan: Plan, program: PlanProgram, states: readonly string[] = []): SlotLayout {
  const wanted = [...program.results, ...states.map((name) => stateResult(plan, name))];
  const inOrder = wanted
    .map((result) => ({ result, from: result.offset, end: result.offset + 4 * sizeOf(result.shape) }))
    .sort((a, b) => (a.result.buffer < b.result.buffer ? -1 : a.result.buffer > b.result.buffer ? 1 : a.from - b.from));
  const copies: { buffer: string; from: number; bytes: number; to: number }[] = [];
  const fields: { result: PlanResult; offset: number }[] = [];
  let bytes = 0;
  for (const { result, from, end } of inOrder) {
    const last = copies.at(-1);
    if (last !== undefined && last.buffer === result.buffer && from - (last.from + last.bytes) <= smallGap) {
      const grown = Math.max(0, end - (last.from + last.bytes));
      last.bytes += grown;
      bytes += grown;
      fields.push({ result, offset: last.to + from - last.from });
    } else {
      copies.push({ buffer: result.buffer, from, bytes: end - from, to: bytes });
      fields.push({ result, offset: bytes });
      bytes += end - from;
    }
  }
  return { copies, bytes, fields };
}

/** How many runs of a program one submit can hold. */
export function capacityOf({ bytes }: SlotLayout): number {
  return Math.max(1, Math.min(mostRuns, Math.floor(mostBytes / Math.max(1, bytes))));
}

/** The numbers of slot `run` in the bytes of a ring. */
export function readSlot(layout: SlotLayout, ring: ArrayBuffer, run: number): RunResults {
  return new Map(
    layout.fields.map(({ result, offset }) => {
      const begin = run * layout.bytes + offset;
      const bytes = ring.slice(begin, begin + 4 * sizeOf(result.shape));
      return [result.name, result.dtype === 'f32' ? new Float32Array(bytes) : new Uint32Array(bytes)];
    }),
  );
}

function stateResult(plan: Plan, name: string): PlanResult {
  const buffer = plan.buffers.find((candidate) => candidate.name === name)!;
  const dtype = buffer.storage === 'f32' ? 'f32' : 'u32';
  return { name, buffer: name, offset: 0, shape: [Math.floor(buffer.bytes / 4)], dtype };
}
