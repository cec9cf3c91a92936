/** Of what a job's `simulate` says, milliseconds. */
export const simulatedLimits = { longestMs: 86_400_000, leastPrintEveryMs: 10 } as const;
