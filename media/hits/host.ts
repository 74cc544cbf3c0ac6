/// <reference lib="dom" />
/** The extension, as the panel reaches it. */
import type { FromPanel, ToPanel } from '../../src/model/hitsMessages';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

type Told = Exclude<ToPanel, { type: 'response' } | { type: 'failure' }>;

export class Host {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<number, { resolve: (body: never) => void; reject: (error: Error) => void }>();
  #next = 0;

  /** @param told what comes unasked */
  constructor(told: (message: Told) => void) {
    window.addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
      if (data.type === 'response') this.#settle(data.id)?.resolve(data.body as never);
      else if (data.type === 'failure') this.#settle(data.id)?.reject(new Error(data.message));
      else told(data);
    });
  }

  post(message: FromPanel): void {
    this.#api.postMessage(message);
  }

  /** Rejects with the adapter's words. */
  request<T>(session: string, command: string, args: object): Promise<T> {
    const id = this.#next++;
    this.post({ type: 'request', id, session, command, args });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  get state(): unknown {
    return this.#api.getState();
  }

  set state(state: unknown) {
    this.#api.setState(state);
  }

  #settle(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
