import type { Json } from '@imprimatur/kernel';
import { type CustomScalar, Scalar } from '@nestjs/graphql';
import { type ValueNode, valueFromASTUntyped } from 'graphql';

@Scalar('JSON')
export class JsonScalar implements CustomScalar<Json, Json> {
  parseValue(value: unknown): Json {
    return value as Json;
  }

  serialize(value: unknown): Json {
    return value as Json;
  }

  parseLiteral(node: ValueNode): Json {
    return valueFromASTUntyped(node) as Json;
  }
}
