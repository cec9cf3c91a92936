import type { ClusterState } from '@oakring/model';

/**
 * Why an order is not sent; null: nothing is on record. It is put there once each time that the order is issued: what
 * is counted in it was so then.
 */
export function heldReason({ commands }: ClusterState, commandId: string | null): string | null {
  const command = commandId === null ? undefined : commands.get(commandId);
  if (command?.status !== 'issued' || command.held === undefined) return null;
  const { reason, at } = command.held;
  return `${reason} (as of ${new Date(at).toISOString()})`;
}
