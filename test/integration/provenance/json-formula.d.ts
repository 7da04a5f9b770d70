declare module '@adobe/json-formula' {
  export interface CustomFunction {
    readonly _func: (args: readonly unknown[]) => unknown;
    readonly _signature: readonly unknown[];
  }
  export default class JsonFormula {
    constructor(functions: Readonly<Record<string, CustomFunction>>);
    search(expression: string, json: unknown, globals: Readonly<Record<string, unknown>>): unknown;
  }
}
