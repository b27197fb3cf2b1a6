/** The little of zip that .npz needs: members that are stored or deflated, one disk, no encryption. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { UserError } from '../errors.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** The members of a zip file by name, in the order of its directory. Throws a UserError for a damaged one. */
export function decodeZip(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (what: string) => new UserError(`"${name}" is not a whole zip file: ${what}; copy or save it again`);
  const end = findEnd(view);
  if (end === undefined) throw fail('its directory is missing');
  const members = new Map<string, Uint8Array>();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === 0xffffffff || count === 0xffff) throw fail('it is a zip64 file, larger than can be read');
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw fail('its directory is damaged');
    const entry = {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
    };
    const nameLength = view.getUint16(at + 28, true);
    const member = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if ((entry.flags & 1) !== 0) throw fail(`its member "${member}" is encrypted`);
    if (entry.local + 30 > bytes.length || view.getUint32(entry.local, true) !== LOCAL) {
      throw fail(`its member "${member}" is not where the directory says`);
    }
    const begin = entry.local + 30 + view.getUint16(entry.local + 26, true) + view.getUint16(entry.local + 28, true);
    if (begin + entry.packed > bytes.length) throw fail(`its member "${member}" is cut short`);
    const data = unpacked(bytes.subarray(begin, begin + entry.packed), entry.method, entry.size);
    if (data === undefined) throw fail(`its member "${member}" cannot be unpacked`);
    if (data.length !== entry.size || crc32(data) !== entry.crc)
      throw fail(`its member "${member}" has a wrong checksum`);
    members.set(member, data);
  }
  if (at !== end) throw fail('its directory is damaged');
  return members;
}

/** The bytes of a zip file with these members, in this order. Equal members give equal bytes: the dates are fixed. */
export function encodeZip(members: ReadonlyMap<string, Uint8Array>, options: { deflate?: boolean } = {}): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, data] of members) {
    const title = new TextEncoder().encode(name);
    const packed = options.deflate === true ? deflateRawSync(data) : data;
    const common = new Uint8Array(26);
    const view = new DataView(common.buffer);
    view.setUint16(0, 20, true);
    view.setUint16(2, 0x0800, true); // names are UTF-8
    view.setUint16(4, options.deflate === true ? 8 : 0, true);
    view.setUint16(8, 0x21, true); // 1 January 1980, the first day of zip
    view.setUint32(10, crc32(data), true);
    view.setUint32(14, packed.length, true);
    view.setUint32(18, data.length, true);
    view.setUint16(22, title.length, true);
    pieces.push(words(LOCAL), common, title, packed);
    const tail = new Uint8Array(14);
    new DataView(tail.buffer).setUint32(10, offset, true);
    directory.push(words(ENTRY), Uint8Array.of(20, 0), common, tail, title);
    offset += 30 + title.length + packed.length;
  }
  const directoryLength = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = new Uint8Array(18);
  const view = new DataView(end.buffer);
  view.setUint16(4, members.size, true);
  view.setUint16(6, members.size, true);
  view.setUint32(8, directoryLength, true);
  view.setUint32(12, offset, true);
  return Buffer.concat([...pieces, ...directory, words(END), end]);
}

function unpacked(packed: Uint8Array, method: number, size: number): Uint8Array | undefined {
  if (method === 0) return packed;
  if (method !== 8) return undefined;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch {
    return undefined;
  }
}

/** The end record stands at the end, before a comment of at most 65,535 bytes. */
function findEnd(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  return undefined;
}

function words(signature: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, signature, true);
  return bytes;
}
