import { randomBytes } from 'node:crypto';
import { providerRefused, providerUnavailable, sealBroken } from './key.faults.js';
import { type Attribute, CK, ckrOf, type Handle, loadBinding, type Mechanism, type Pkcs11 } from './pkcs11.binding.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 8;
const FOUND_MAX = 16;
/** The session or the token is gone; a fresh session may find it again. */
const LOST =
  /^CKR_(SESSION_(HANDLE_INVALID|CLOSED)|USER_NOT_LOGGED_IN|TOKEN_NOT_PRESENT|TOKEN_NOT_RECOGNIZED|DEVICE_REMOVED|DEVICE_ERROR|SLOT_ID_INVALID|CRYPTOKI_NOT_INITIALIZED|(KEY|OBJECT)_HANDLE_INVALID)$/;
/** What tokens say of a ciphertext that does not open. Some of them say it of other troubles too. */
const DOES_NOT_OPEN =
  /^CKR_(ENCRYPTED_DATA_(INVALID|LEN_RANGE)|AEAD_DECRYPT_FAILED|GENERAL_ERROR|FUNCTION_FAILED|DATA_INVALID|SIGNATURE_INVALID)$/;

export interface TokenSettings {
  /** Path of the token's PKCS#11 library. */
  readonly library: string;
  /** The token's label. */
  readonly token: string;
  readonly pin: string;
}

/** A key in the token. `id` is its CKA_ID, hexadecimal: unlike a label no two keys share it. */
export interface TokenKey {
  readonly label: string;
  readonly id: string;
}

export interface Generation {
  readonly number: number;
  readonly key: TokenKey;
}

interface Found extends TokenKey {
  readonly handle: Handle;
}

/** One token, logged in. Synchronous, as PKCS#11 is: it belongs into a thread. */
export class Pkcs11Token {
  private readonly library: Pkcs11;
  private readonly gcm: number;
  private session: Handle | null = null;
  private readonly handles = new Map<string, Handle>();

  constructor(private readonly settings: TokenSettings) {
    const binding = loadBinding();
    this.gcm = binding.CK_PARAMS_AES_GCM;
    this.library = new binding.PKCS11();
    try {
      this.library.load(settings.library);
    } catch (cause) {
      throw providerRefused(`IMPRIMATUR_PKCS11_LIBRARY=${settings.library} cannot be loaded`, cause);
    }
    try {
      this.library.C_Initialize({ flags: CK.CKF_OS_LOCKING_OK });
    } catch (error) {
      // another thread of this process has it already
      if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw providerUnavailable('the PKCS#11 library does not start', error);
    }
  }

  /** The last of the keys `<prefix>1`, `<prefix>2` ... that are there without a gap. */
  newest(prefix: string): Generation | null {
    let found: Generation | null = null;
    for (let number = 1; ; number += 1) {
      const key = this.find(`${prefix}${number}`);
      if (!key) return found;
      found = { number, key };
    }
  }

  /** The key of this label; of several, which only a broken lock can make, the one with the lowest id, in every process. */
  private find(label: string): TokenKey | null {
    const found = this.inSession((session) => this.search(session, [{ type: CK.CKA_LABEL, value: label }]));
    const [first] = found.map(({ id }) => id).sort();
    return first === undefined ? null : { label, id: first };
  }

  /** A new AES-256 key that never leaves the token. */
  create(label: string): TokenKey {
    const id = randomBytes(ID_BYTES);
    this.inSession((session) => {
      this.library.C_GenerateKey(session, { mechanism: CK.CKM_AES_KEY_GEN }, [
        { type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY },
        { type: CK.CKA_KEY_TYPE, value: CK.CKK_AES },
        { type: CK.CKA_VALUE_LEN, value: 32 },
        { type: CK.CKA_TOKEN, value: true },
        { type: CK.CKA_PRIVATE, value: true },
        { type: CK.CKA_SENSITIVE, value: true },
        { type: CK.CKA_EXTRACTABLE, value: false },
        { type: CK.CKA_ENCRYPT, value: true },
        { type: CK.CKA_DECRYPT, value: true },
        { type: CK.CKA_WRAP, value: false },
        { type: CK.CKA_UNWRAP, value: false },
        { type: CK.CKA_LABEL, value: label },
        { type: CK.CKA_ID, value: id },
      ]);
    });
    return { label, id: id.toString('hex') };
  }

  /** AES-256-GCM inside the token: nonce (12), ciphertext, tag (16). Null: there is no such key. */
  encrypt(key: TokenKey, plain: Uint8Array, associated: Uint8Array): Uint8Array | null {
    const nonce = randomBytes(NONCE_BYTES);
    const sealed = this.withKey(key, (session, handle) => {
      this.library.C_EncryptInit(session, this.mechanism(nonce, associated), handle);
      return this.library.C_Encrypt(session, Buffer.from(plain), Buffer.alloc(plain.length + TAG_BYTES));
    });
    return sealed && Buffer.concat([nonce, sealed]);
  }

  /** Null: there is no such key. Throws Fault SEAL_BROKEN. */
  decrypt(key: TokenKey, sealed: Uint8Array, associated: Uint8Array): Uint8Array | null {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw sealBroken(new Error('shorter than its nonce and tag'));
    try {
      return this.withKey(key, (session, handle) => {
        this.library.C_DecryptInit(session, this.mechanism(Buffer.from(sealed.subarray(0, NONCE_BYTES)), associated), handle);
        return this.library.C_Decrypt(session, Buffer.from(sealed.subarray(NONCE_BYTES)), Buffer.alloc(sealed.length));
      });
    } catch (error) {
      const ckr = ckrOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
      // a token that still opens what it sealed just now is well, so the bytes are not
      if (ckr !== null && DOES_NOT_OPEN.test(ckr) && this.isWell(key)) throw sealBroken(error);
      throw error;
    }
  }

  private isWell(key: TokenKey): boolean {
    const [probe, associated] = [Buffer.alloc(32, 7), Buffer.from('probe')];
    const sealed = this.encrypt(key, probe, associated);
    const opened =
      sealed &&
      this.withKey(key, (session, handle) => {
        this.library.C_DecryptInit(session, this.mechanism(Buffer.from(sealed.subarray(0, NONCE_BYTES)), associated), handle);
        return this.library.C_Decrypt(session, Buffer.from(sealed.subarray(NONCE_BYTES)), Buffer.alloc(sealed.length));
      });
    return opened !== null && probe.equals(opened);
  }

  private mechanism(iv: Buffer, associated: Uint8Array): Mechanism {
    const parameter = { type: this.gcm, iv, ivBits: NONCE_BYTES * 8, aad: Buffer.from(associated), tagBits: TAG_BYTES * 8 };
    return { mechanism: CK.CKM_AES_GCM, parameter };
  }

  private withKey<T>({ label, id }: TokenKey, work: (session: Handle, key: Handle) => T): T | null {
    return this.inSession((session) => {
      const known = this.handles.get(id);
      const handle =
        known ?? this.search(session, [{ type: CK.CKA_ID, value: Buffer.from(id, 'hex') }]).find((key) => key.label === label)?.handle;
      if (!handle) return null;
      this.handles.set(id, handle);
      return work(session, handle);
    });
  }

  private search(session: Handle, by: readonly Attribute[]): readonly Found[] {
    this.library.C_FindObjectsInit(session, [{ type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY }, { type: CK.CKA_TOKEN, value: true }, ...by]);
    const handles = [...this.library.C_FindObjects(session, FOUND_MAX)];
    this.library.C_FindObjectsFinal(session);
    return handles.map((handle) => {
      const [label, id] = this.library.C_GetAttributeValue(session, handle, [{ type: CK.CKA_LABEL }, { type: CK.CKA_ID }]);
      return { handle, label: label?.value.toString('utf8') ?? '', id: id?.value.toString('hex') ?? '' };
    });
  }

  /** In the open session; when that is gone, once more in a new one. */
  private inSession<T>(work: (session: Handle) => T): T {
    try {
      return work((this.session ??= this.login()));
    } catch (error) {
      const ckr = ckrOf(error);
      if (ckr === null) throw error;
      if (!LOST.test(ckr)) throw providerUnavailable(`the token ${this.settings.token} answers ${ckr}`, error);
    }
    this.session = null;
    this.handles.clear();
    try {
      return work((this.session = this.login()));
    } catch (error) {
      throw ckrOf(error) === null ? error : providerUnavailable(`the token ${this.settings.token} answers ${ckrOf(error)}`, error);
    }
  }

  private login(): Handle {
    const { library, settings } = this;
    const slot = library.C_GetSlotList(true).find((each) => library.C_GetTokenInfo(each).label.trim() === settings.token);
    if (!slot) throw providerUnavailable(`no token with the label ${settings.token} is present`);
    const session = library.C_OpenSession(slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION);
    try {
      library.C_Login(session, CK.CKU_USER, settings.pin);
    } catch (error) {
      // the login is the process's, not the thread's
      const ckr = ckrOf(error);
      if (ckr === 'CKR_USER_ALREADY_LOGGED_IN') return session;
      library.C_CloseSession(session);
      if (ckr !== null && /^CKR_PIN_/.test(ckr))
        throw providerRefused(`the token ${settings.token} refuses IMPRIMATUR_PKCS11_PIN (${ckr})`, error);
      throw error;
    }
    return session;
  }
}
