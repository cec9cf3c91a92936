export const PORTS = Symbol('Ports');
