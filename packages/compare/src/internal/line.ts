/** What a line of a file holds, or why it cannot be read. */
export type Line =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly issue: string }
