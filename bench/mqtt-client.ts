import type { MqttClient } from 'mqtt';

/** Without Nagle's delay, which is no part of what is measured. */
export function sendAtOnce({ stream }: MqttClient): void {
  if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
}
