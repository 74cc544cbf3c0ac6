/** The base protocol of DAP: messages as JSON, each behind a header with its length. */
export class MessageStream {
  #pending = Buffer.alloc(0);

  /** @param take gets each message as soon as it is whole */
  constructor(private readonly take: (message: object) => void) {}

  push(data: Uint8Array): void {
    this.#pending = Buffer.concat([this.#pending, data]);
    for (;;) {
      const end = this.#pending.indexOf(SEPARATOR);
      if (end < 0) return;
      const begin = end + SEPARATOR.length;
      const length = Number(/Content-Length: (\d+)/.exec(this.#pending.toString('latin1', 0, end))?.[1] ?? 0);
      if (this.#pending.length < begin + length) return;
      const json = this.#pending.toString('utf8', begin, begin + length);
      this.#pending = this.#pending.subarray(begin + length);
      if (json !== '') this.take(JSON.parse(json) as object);
    }
  }
}

export function framed(message: object): string {
  const json = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(json)}${SEPARATOR}${json}`;
}

const SEPARATOR = '\r\n\r\n';
