/** CLOCK_MONOTONIC, which hits are stamped with and `hrtime` reads, as the time of day. */

/** Milliseconds since 1970 at its 0. */
export const CLOCK_START = Date.now() - Number(process.hrtime.bigint() / 1000n) / 1000;

/** Milliseconds since 1970, with fractions. */
export const sinceEpoch = (nanoseconds: bigint): number => CLOCK_START + Number(nanoseconds / 1000n) / 1000;

/** `14:05:07.123456`, by the local clock. */
export function timeOfDay(nanoseconds: bigint): string {
  const time = sinceEpoch(nanoseconds);
  const microseconds = Math.floor(time * 1000) % 1_000_000;
  const date = new Date(time);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${String(microseconds).padStart(6, '0')}`;
}
