/** The default themes of the workbench, one of each kind. */
import type { VscodeServer } from './vscodeServer';
import type { Workbench } from './workbench';

export const THEMES = {
  light: { id: 'Light 2026', kind: 'vs' },
  dark: { id: 'Dark 2026', kind: 'vs-dark' },
  'high-contrast': { id: 'Default High Contrast', kind: 'hc-black' },
  'high-contrast-light': { id: 'Default High Contrast Light', kind: 'hc-light' },
} as const;

export type ThemeName = keyof typeof THEMES;

export const THEME_NAMES = Object.keys(THEMES) as ThemeName[];

/** Gives when the workbench has it. */
export async function setTheme(server: VscodeServer, workbench: Workbench, name: ThemeName): Promise<void> {
  const { id, kind } = THEMES[name];
  server.configure({ 'workbench.colorTheme': id });
  await workbench.theme(kind);
}
