/** A window of real VS Code on a folder, with the packaged extension. */
import type { BrowserContextOptions } from 'playwright-core';
import { join } from 'node:path';
import { launchBrowser, VIEWPORT } from './browser';
import { packageExtension } from './extensionPackage';
import { THEMES, type ThemeName } from './themes';
import { VscodeServer, type ServerOptions } from './vscodeServer';
import { Workbench } from './workbench';

export interface WindowOptions extends Omit<ServerOptions, 'dir' | 'extensions'> {
  /** For packages, the server, and a picture where it fails. */
  readonly out: string;
  readonly workspace: string;
  /** Folders of extensions; the project's alone otherwise. */
  readonly extensions?: readonly string[];
  /** That of the workbench as it comes otherwise. */
  readonly theme?: ThemeName;
  readonly page?: BrowserContextOptions;
  /** See Workbench. */
  readonly patience?: number;
}

/** It is open as long as `use` takes. */
export async function inWindow(
  { out, workspace, extensions = ['.'], theme, page: pageOptions, patience, ...options }: WindowOptions,
  use: (workbench: Workbench, server: VscodeServer) => Promise<void>,
): Promise<void> {
  const packages = extensions.map((folder) => packageExtension(folder, out));
  const settings = { ...options.settings, ...(theme && { 'workbench.colorTheme': THEMES[theme].id }) };
  const server = await VscodeServer.start({
    ...options,
    settings,
    dir: join(out, 'server'),
    extensions: packages,
  });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: VIEWPORT, ...pageOptions });
      const workbench = new Workbench(page, patience);
      await workbench.open(server.url(workspace));
      if (theme) await workbench.theme(THEMES[theme].kind);
      await use(workbench, server).catch(async (error: unknown) => {
        await page.screenshot({ path: join(out, 'failure.png') }).catch(() => undefined);
        throw error;
      });
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}
