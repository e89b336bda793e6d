/** What registering a hook returns. */
export interface HookHandle {
  /** Takes the hook away; calling it again does nothing. */
  remove(): void;
}
