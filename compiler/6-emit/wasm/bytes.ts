/** Bytes that grow, and the numbers of the binary format. */

export class Bytes {
  #bytes = new Uint8Array(256);
  #length = 0;
  readonly #view = new DataView(new ArrayBuffer(4));

  get length(): number {
    return this.#length;
  }

  /** What has been written. */
  get written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  raw(values: ArrayLike<number>): this {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  /** Unsigned LEB128 of a number below 2^32. */
  unsigned(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** Signed LEB128 of the number modulo 2^32, as i32 constants are. */
  signed(value: number): this {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** Four bytes, the lowest first. */
  word(value: number): this {
    this.#view.setUint32(0, value, true);
    return this.#four();
  }

  /** The f32 nearest to the value. */
  float(value: number): this {
    this.#view.setFloat32(0, value, true);
    return this.#four();
  }

  /** A name: its length in UTF-8 and its bytes. */
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.unsigned(bytes.length).raw(bytes);
  }

  /** Its length, then the bytes. */
  sized(content: Bytes): this {
    return this.unsigned(content.length).raw(content.written);
  }

  #four(): this {
    return this.raw(new Uint8Array(this.#view.buffer));
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
