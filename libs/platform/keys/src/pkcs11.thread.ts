import { type Generation, Pkcs11Token, type TokenKey, type TokenSettings } from './pkcs11.token.js';

export type TokenTask = { readonly settings: TokenSettings } & (
  | { readonly kind: 'newest'; readonly prefix: string }
  | { readonly kind: 'create'; readonly label: string }
  | { readonly kind: 'encrypt' | 'decrypt'; readonly key: TokenKey; readonly bytes: Uint8Array; readonly associated: Uint8Array }
);

let token: Pkcs11Token | undefined;

/** A generation for `newest`, a key for `create`, bytes for the others; null: no such key. */
export default async function work(task: TokenTask): Promise<Generation | TokenKey | Uint8Array | null> {
  token ??= new Pkcs11Token(task.settings);
  if (task.kind === 'newest') return token.newest(task.prefix);
  if (task.kind === 'create') return token.create(task.label);
  return task.kind === 'encrypt'
    ? token.encrypt(task.key, task.bytes, task.associated)
    : token.decrypt(task.key, task.bytes, task.associated);
}
