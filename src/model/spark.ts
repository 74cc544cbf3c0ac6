/** A line of numbers as a few characters of text. */

const BARS = '▁▂▃▄▅▆▇█';

/** Empty where there is nothing to see: fewer than two numbers. All the same are a flat line. */
export function sparkLine(numbers: readonly number[]): string {
  if (numbers.length < 2) return '';
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  const span = greatest - least;
  return numbers
    .map((number) => BARS[span === 0 ? 0 : Math.round(((number - least) / span) * (BARS.length - 1))])
    .join('');
}
