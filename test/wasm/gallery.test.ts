/** The gallery's kernels in WebAssembly. */
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { findSimd } from '../../runtime/cpu/engine.ts';
import { testGalleryKernels } from '../support/gallery-kernels.ts';
import { runKernel } from '../support/kernel-wasm.ts';

const form = findSimd();

testGalleryKernels((kernel, arrays, scalars) => runKernel(scheduleKernel(kernel, cpu), form, arrays, scalars));
