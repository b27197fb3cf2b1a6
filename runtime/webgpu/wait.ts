/**
 * Waiting for the device without taking a core. While one of its promises is pending, Dawn asks the driver again and
 * again through globalThis.setImmediate, a call that it looks up each time. On a software adapter that loop takes a
 * core from the threads that compute. During patient waits those questions (they come from native code) go through a
 * timer of a millisecond; everything else that calls setImmediate is untouched.
 */
export type Wait = <T>(pending: () => Promise<T>) => Promise<T>;

/** Dawn's own way: the answer comes as soon as it can. */
export const eagerWait: Wait = (pending) => pending();

/** The patient waits of the process, whose setImmediate they share, and what that was before the first of them. */
const waits = { count: 0, before: globalThis.setImmediate };

export const patientWait: Wait = async (pending) => {
  if (waits.count++ === 0) {
    waits.before = globalThis.setImmediate;
    globalThis.setImmediate = slowed(waits.before);
  }
  try {
    return await pending();
  } finally {
    if (--waits.count === 0) globalThis.setImmediate = waits.before;
  }
};

function slowed(before: typeof setImmediate): typeof setImmediate {
  const call = (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
    isNative(callback) ? setTimeout(callback, 1, ...args) : before(callback, ...args);
  return Object.assign(call, { __promisify__: before.__promisify__ }) as unknown as typeof setImmediate;
}

function isNative(callback: (...args: unknown[]) => void): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(callback));
}
