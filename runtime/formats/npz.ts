/** NumPy's .npz: a zip file of .npy members. */
import { UserError } from '../errors.ts';
import { readWhole } from './files.ts';
import { decodeNpy, encodeNpy, type NpyArray, type NpyData } from './npy.ts';
import { decodeZip, encodeZip } from './zip.ts';

/** The bytes of each member of a .npz by its name in NumPy (without `.npy`); read one with `memberOfNpz`. */
export async function openNpz(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const members = decodeZip(await readWhole(path), path);
  return new Map([...members].map(([name, bytes]) => [name.replace(/\.npy$/, ''), bytes]));
}

/** One array of an opened .npz. Throws a UserError that lists the members when there is none of that name. */
export function memberOfNpz(members: ReadonlyMap<string, Uint8Array>, member: string, path: string): NpyArray {
  const bytes = members.get(member);
  if (bytes === undefined) {
    throw new UserError(`"${path}" has no array "${member}"; it has ${[...members.keys()].join(', ') || 'none'}`);
  }
  return decodeNpy(bytes, `${path}, ${member}`);
}

/** The bytes of a .npz file of these arrays, deflated, or stored as np.savez does. */
export function encodeNpz(
  arrays: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: NpyData }>,
  options: { deflate?: boolean } = {},
): Uint8Array {
  const members = new Map([...arrays].map(([name, { shape, data }]) => [`${name}.npy`, encodeNpy(shape, data)]));
  return encodeZip(members, options);
}
