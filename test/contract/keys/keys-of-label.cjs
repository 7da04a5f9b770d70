// What the token itself says of the keys with a label, asked from a process of its own: a PKCS#11 login belongs to its process.
const [module_, library, pin, label] = process.argv.slice(2);
const pkcs11 = require(module_);
const token = new pkcs11.PKCS11();
token.load(library);
token.C_Initialize();
const session = token.C_OpenSession(token.C_GetSlotList(true)[0], pkcs11.CKF_SERIAL_SESSION);
token.C_Login(session, pkcs11.CKU_USER, pin);
token.C_FindObjectsInit(session, [{ type: pkcs11.CKA_LABEL, value: label }]);
const found = token.C_FindObjects(session, 10);
token.C_FindObjectsFinal(session);
const flags = (type) => found.map((key) => token.C_GetAttributeValue(session, key, [{ type }])[0].value[0] === 1);
process.send({ count: found.length, extractable: flags(pkcs11.CKA_EXTRACTABLE), sensitive: flags(pkcs11.CKA_SENSITIVE) });
process.disconnect();
