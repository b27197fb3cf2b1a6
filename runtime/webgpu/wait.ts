/**
 * Waiting for the device without taking a core. While one of its promises is pending, Dawn asks the driver again and
 * again through globalThis.setImmediate, a call that it looks up each time. On a software adapter that loop takes a
 * core from the threads that compute. During a patient wait those questions (they come from native code) go through a
 * timer of a millisecond; everything else that calls setImmediate is untouched.
 */
export type Wait = <T>(pending: () => Promise<T>) => Promise<T>;

/** Dawn's own way: the answer comes as soon as it can. */
export const eagerWait: Wait = (pending) => pending();

export const patientWait: Wait = async (pending) => {
  const before = globalThis.setImmediate;
  const state = { waiting: true };
  const slowed = Object.assign(
    (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
      state.waiting && isNative(callback) ? setTimeout(callback, 1, ...args) : before(callback, ...args),
    { __promisify__: before.__promisify__ },
  );
  globalThis.setImmediate = slowed as unknown as typeof setImmediate;
  try {
    return await pending();
  } finally {
    // Another wait may have put its own on top: then ours stays below it and only passes calls on.
    state.waiting = false;
    if (globalThis.setImmediate === (slowed as unknown as typeof setImmediate)) globalThis.setImmediate = before;
  }
};

function isNative(callback: (...args: unknown[]) => void): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(callback));
}
