import { createRequire } from 'node:module';
import { providerRefused } from './key.faults.js';

/** What is used of `pkcs11js` 2.1. It compiles at install, so it is no dependency of ours: whoever has a token installs it. */
export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

export interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: {
    readonly type: number;
    readonly iv: Buffer;
    readonly ivBits: number;
    readonly aad: Buffer;
    readonly tagBits: number;
  };
}

/** One loaded PKCS#11 library. Every call blocks its thread, and throws an Error whose `message` is the CKR_ name. */
export interface Pkcs11 {
  load(library: string): void;
  C_Initialize(options: { readonly flags: number }): void;
  C_GetSlotList(tokenPresent: boolean): readonly Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, maximum: number): readonly Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): readonly { readonly value: Buffer }[];
  C_GenerateKey(session: Handle, mechanism: Mechanism, template: readonly Attribute[]): Handle;
  C_EncryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Encrypt(session: Handle, plain: Buffer, into: Buffer): Buffer;
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Decrypt(session: Handle, sealed: Buffer, into: Buffer): Buffer;
}

/** The numbers of PKCS#11 2.40 that are used; the standard never changes them. */
export const CK = {
  CKF_RW_SESSION: 0x2,
  CKF_SERIAL_SESSION: 0x4,
  CKF_OS_LOCKING_OK: 0x2,
  CKU_USER: 1,
  CKO_SECRET_KEY: 4,
  CKK_AES: 0x1f,
  CKA_CLASS: 0x0,
  CKA_TOKEN: 0x1,
  CKA_PRIVATE: 0x2,
  CKA_LABEL: 0x3,
  CKA_KEY_TYPE: 0x100,
  CKA_ID: 0x102,
  CKA_SENSITIVE: 0x103,
  CKA_ENCRYPT: 0x104,
  CKA_DECRYPT: 0x105,
  CKA_WRAP: 0x106,
  CKA_UNWRAP: 0x107,
  CKA_VALUE_LEN: 0x161,
  CKA_EXTRACTABLE: 0x162,
  CKM_AES_KEY_GEN: 0x1080,
  CKM_AES_GCM: 0x1087,
} as const;

interface Binding {
  readonly PKCS11: new () => Pkcs11;
  /** The binding's own number for the shape of a GCM parameter. */
  readonly CK_PARAMS_AES_GCM: number;
}

/** Throws Fault KEY_PROVIDER_REFUSED, which says how to install it. */
export function loadBinding(): Binding {
  try {
    return createRequire(__filename)('pkcs11js') as Binding;
  } catch (cause) {
    throw providerRefused(
      'IMPRIMATUR_KEY_PROVIDER=pkcs11 needs the package pkcs11js, which is compiled when it is installed: npm install --no-save --ignore-scripts=false pkcs11js@2.1.7',
      cause,
    );
  }
}

/** `CKR_...` of a failed call; null: no failure of PKCS#11's. */
export function ckrOf(error: unknown): string | null {
  return (error instanceof Error && /CKR_[A-Z0-9_]+/.exec(error.message)?.[0]) || null;
}
