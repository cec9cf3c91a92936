export const PORTS = Symbol('Ports');
/** The `MeasuredWorker` that is asked about. */
export const WORKER = Symbol('Worker');
export const DATA_FOLDER = Symbol('DataFolder');
