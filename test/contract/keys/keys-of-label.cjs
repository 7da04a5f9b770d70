// What a token itself says of its keys with a label, asked from a process of its own: a PKCS#11 login belongs to its process.
const [module_, library, name, pin, label] = process.argv.slice(2);
const pkcs11 = require(module_);
const token = new pkcs11.PKCS11();
token.load(library);
token.C_Initialize();
// other tests of the run have tokens of their own
const slot = token.C_GetSlotList(true).find((each) => token.C_GetTokenInfo(each).label.trim() === name);
const session = token.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
token.C_Login(session, pkcs11.CKU_USER, pin);
token.C_FindObjectsInit(session, [{ type: pkcs11.CKA_LABEL, value: label }]);
const found = token.C_FindObjects(session, 10);
token.C_FindObjectsFinal(session);
const flags = (type) => found.map((key) => token.C_GetAttributeValue(session, key, [{ type }])[0].value[0] === 1);
process.send({ count: found.length, extractable: flags(pkcs11.CKA_EXTRACTABLE), sensitive: flags(pkcs11.CKA_SENSITIVE) });
process.disconnect();
