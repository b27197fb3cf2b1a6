/** The library: opens compiled specs on a device, trains, evaluates and samples them. Generated modules import this. */
export { readCompiled } from './compiled.ts';
export { type DeviceChoice, deviceChoice } from './device/choice.ts';
export { describeDevices, type DevicesReport } from './device/describe.ts';
export type { Device } from './device/device.ts';
export type { AdapterReport, DeviceReport } from './device/report.ts';
export { EnvironmentError, InternalError, UsageError, UserError, VaecError } from './errors.ts';
export type { Evaluation } from './evaluate/evaluate.ts';
export type { Report, ReportValue } from './evaluate/finish.ts';
export type { Tensor } from './formats/safetensors.ts';
export type { Overrides } from './host/hypers.ts';
export { Model, type ModelOptions, openModel } from './model.ts';
export { RunFolder } from './run/folder.ts';
export type { RunRecord, SpecCopy } from './run/record.ts';
export type { Sample } from './sample/sample.ts';
export type { TrainEvent, TrainOutcome } from './train/events.ts';
export type { TrainOptions } from './train/train.ts';
export { WebGpuDevice } from './webgpu/device.ts';
