import type { SubjectId } from '@imprimatur/kernel';

/** While a reviewer is away nothing is offered to them, and what is delegated to them goes to their deputy. */
export interface Absence {
  readonly from: Date;
  readonly until: Date;
  /** Null: nobody; what is delegated to them waits until they are back, or it is late. */
  readonly deputy: SubjectId | null;
}

export interface NewAbsence extends Absence {
  /** In the reviewer's words; empty: none. */
  readonly text: string;
}
