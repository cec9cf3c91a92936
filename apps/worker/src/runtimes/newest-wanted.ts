/** Does one at a time of what is wanted: what is wanted meanwhile is done once that is over, the newest of it alone. */
export function newestWanted<T extends object>(
  act: (wanted: T) => Promise<void>,
): (wanted: T) => void {
  let next: T | null = null;
  let isActing = false;
  const work = async (): Promise<void> => {
    isActing = true;
    while (next !== null) {
      const wanted: T = next;
      next = null;
      await act(wanted);
    }
    isActing = false;
  };
  return (wanted) => {
    next = wanted;
    if (!isActing) void work();
  };
}
