/** How the view of a participant (there) and that of a saga (here) differ. */
export type DifferenceKind =
  | 'done-there-undone-here'
  | 'undone-there-done-here'
  | 'done-there-unknown-here'
  | 'undone-there-unknown-here'
  | 'done-here-missing-there';
