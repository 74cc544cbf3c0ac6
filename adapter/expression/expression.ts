/** What the user wrote, as a tree. Grammar: `grammar.peggy`. */
export type Expression =
  | NameExpression
  | LiteralExpression
  | SpecialExpression
  | MemberExpression
  | MethodExpression
  | IndexExpression
  | SliceExpression
  | DereferenceExpression
  | AddressOfExpression
  | UnaryExpression
  | CastExpression
  | SizeofExpression
  | BinaryExpression
  | ConditionalExpression
  | StartsWithExpression;

interface Written {
  /** 0-based, in the message or expression that was parsed. */
  readonly column: number;
  /** As written, from `column` on. */
  readonly text: string;
}

/** `x`, `ns::x`, `Class::member`, `::x`; `'file.c'::x` where `file`. */
export interface NameExpression extends Written {
  readonly kind: 'name';
  readonly name: string;
  readonly file: string | undefined;
  /** `::x`, whatever hides it. */
  readonly isGlobal: boolean;
}

export interface LiteralExpression extends Written {
  readonly kind: 'literal';
  readonly literal: Literal;
}
export type Literal =
  /** `suffix` in lower case. */
  | { readonly kind: 'integer'; readonly value: bigint; readonly isDecimal: boolean; readonly suffix: string }
  | { readonly kind: 'float'; readonly value: number; readonly suffix: string }
  /** `value`: of the byte, or the code point where there is a prefix `L`, `u` or `U`. */
  | { readonly kind: 'character'; readonly value: number; readonly prefix: string }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `nullptr`, `NULL` */
  | { readonly kind: 'null' };

/** `$rip`, `$pid` */
export interface SpecialExpression extends Written {
  readonly kind: 'special';
  /** Without the dollar. */
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

/** `object.name()`, or `object->name()` where `arrow`: a question that a standard library's type answers. */
export interface MethodExpression extends Written {
  readonly kind: 'method';
  readonly object: Expression;
  readonly name: string;
  readonly nameColumn: number;
  readonly arrow: boolean;
}

/** `object[index]` */
export interface IndexExpression extends Written {
  readonly kind: 'index';
  readonly object: Expression;
  readonly index: Expression;
}

/** `object[first..limit]`: the elements from `first` on up to the one before `limit`. */
export interface SliceExpression extends Written {
  readonly kind: 'slice';
  readonly object: Expression;
  readonly first: Expression;
  readonly limit: Expression;
}

/** `*operand` */
export interface DereferenceExpression extends Written {
  readonly kind: 'dereference';
  readonly operand: Expression;
}

/** `&operand` */
export interface AddressOfExpression extends Written {
  readonly kind: 'addressOf';
  readonly operand: Expression;
}

export interface UnaryExpression extends Written {
  readonly kind: 'unary';
  readonly operator: '+' | '-' | '~' | '!';
  readonly operand: Expression;
}

/** `(type)operand` */
export interface CastExpression extends Written {
  readonly kind: 'cast';
  readonly type: TypeExpression;
  readonly operand: Expression;
}

/** `sizeof(type)`, `sizeof operand` */
export interface SizeofExpression extends Written {
  readonly kind: 'sizeof';
  readonly of: TypeExpression | Expression;
}

export interface BinaryExpression extends Written {
  readonly kind: 'binary';
  readonly operator: BinaryOperator | '&&' | '||';
  readonly left: Expression;
  readonly right: Expression;
}
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | ComparisonOperator;
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** `condition ? then : otherwise` */
export interface ConditionalExpression extends Written {
  readonly kind: 'conditional';
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

/** `startswith(string, prefix)` */
export interface StartsWithExpression extends Written {
  readonly kind: 'startsWith';
  readonly string: Expression;
  readonly prefix: Expression;
}

/** The name of a type: `unsigned long`, `struct node *`, `ns::Colour`. */
export interface TypeExpression extends Written {
  readonly kind: 'type';
  /** The tag that is written before the name. */
  readonly keyword: 'struct' | 'union' | 'class' | 'enum' | undefined;
  /** Words of a base type as written, one space apart. */
  readonly name: string;
  /** Stars behind it. */
  readonly pointers: number;
}
