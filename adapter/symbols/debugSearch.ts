/** Where to look for files with debug information, besides the places that the program names. */
export interface DebugSearch {
  /** The user's directories, before the system's. */
  readonly symbolSearchPath: readonly string[];
  /** `/proc/PID/root` of a process in another mount namespace, or empty. */
  readonly root: string;
}

/** Directories that are laid out like /usr/lib/debug, the user's first. */
export const debugTrees = ({ symbolSearchPath, root }: DebugSearch): readonly string[] => [
  ...new Set([...symbolSearchPath, root + SYSTEM_TREE, SYSTEM_TREE]),
];

const SYSTEM_TREE = '/usr/lib/debug';
