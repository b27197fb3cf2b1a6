/** WebAssembly's interface as far as it is used here: Node has it, and neither its types nor ES2023's declare it. */
declare namespace WebAssembly {
  interface Module {
    readonly [kind: symbol]: unknown;
  }
  const Module: {
    new (bytes: Uint8Array): Module;
    exports(module: Module): { readonly name: string; readonly kind: string }[];
  };

  class Instance {
    constructor(module: Module, imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  class Memory {
    /** In pages of 65536 bytes. */
    constructor(size: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
    readonly buffer: SharedArrayBuffer;
    /** By so many pages; gives the number of pages before. Throws a RangeError where there is no room. */
    grow(pages: number): number;
  }

  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array): boolean;
  function compile(bytes: Uint8Array): Promise<Module>;
}
