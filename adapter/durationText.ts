/** Two digits or more: `440 ns`, `1.9 µs`, `15 µs`, `1.2 ms`. */
export function durationInWords(nanoseconds: number): string {
  if (nanoseconds < 999.5) return `${Math.round(nanoseconds)}\u00a0ns`;
  const [value, unit] =
    nanoseconds < 999_500 ? [nanoseconds / 1e3, 'µs'] : ([nanoseconds / 1e6, 'ms'] as const);
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}\u00a0${unit}`;
}
