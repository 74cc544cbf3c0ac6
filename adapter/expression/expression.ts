/** What the user wrote, as a tree. Grammar: `grammar.peggy`. */
export type Expression = NameExpression | MemberExpression | DereferenceExpression | IndexExpression;

interface Written {
  /** 0-based, in the message or expression that was parsed. */
  readonly column: number;
  /** As written, from `column` on. */
  readonly text: string;
}

export interface NameExpression extends Written {
  readonly kind: 'name';
  readonly name: string;
}

/** `object.name`, or `object->name` where `arrow`. */
export interface MemberExpression extends Written {
  readonly kind: 'member';
  readonly object: Expression;
  readonly name: string;
  readonly nameColumn: number;
  readonly arrow: boolean;
}

/** `*operand` */
export interface DereferenceExpression extends Written {
  readonly kind: 'dereference';
  readonly operand: Expression;
}

/** `object[index]`; the index may be negative. */
export interface IndexExpression extends Written {
  readonly kind: 'index';
  readonly object: Expression;
  readonly index: number;
}
