/** Text that grows up to a limit; what is over it is shown by three dots. */
export class BoundedText {
  private text = '';

  constructor(private readonly limit: number) {}

  /** False if the part was left out because there is no room. */
  append(part: string): boolean {
    if (this.text.length + part.length > this.limit) return false;
    this.text += part;
    return true;
  }

  toString(): string {
    return this.text;
  }
}
