//! The apps of China Mobile's portal.

use crate::app::App;

pub(super) const APPS: &[App] = &[
    App {
        name: "cmcc",
        provider: "cmcc",
        zh: "移动认证，登录以 APPSecret 做 MD5 签名",
        en: "China Mobile, logins signed by MD5 with the APPSecret",
        options: &[
            ("app_id", "300011862719"),
            ("app_key", "7C2F9A61D0E84B35A9F1C6E27D40B853"),
            ("app_secret", "5E81B7D3F06A4C92BD17E3A8406F92C1"),
        ],
    },
    App {
        name: "cmcc-legacy",
        provider: "cmcc",
        zh: "移动认证，2018 年 12 月前的应用，登录以 AppKey 做 MD5 签名",
        en: "China Mobile, an app from before 2018-12: logins signed by MD5 with the AppKey",
        options: &[("app_id", "300010455208"), ("app_key", "D94A07E1836B4F5C8E2B60F7A1C3D598")],
    },
    App {
        name: "cmcc-rsa",
        provider: "cmcc",
        zh: "移动认证，登录以 1024 位 RSA 签名，签名与解密同一密钥",
        en: "China Mobile, logins signed by RSA of 1024 bits, one key signs and opens",
        options: &[
            ("app_id", "300012790341"),
            ("app_key", "1B6E83F4C7D94A20B5E09F3D8A72C614"),
            ("private_key", include_str!("../../../keys/cmcc-rsa.pem")),
            ("platform_key", PLATFORM_KEY),
        ],
    },
    App {
        name: "cmcc-rsa2048",
        provider: "cmcc",
        zh: "移动认证，登录以 2048 位 RSA 签名，另有解密密钥",
        en: "China Mobile, logins signed by RSA of 2048 bits, another key opens the number",
        options: &[
            ("app_id", "300013958867"),
            ("app_key", "F3A85D06E27149BC84D1B7F05C9E2A63"),
            ("private_key", include_str!("../../../keys/cmcc-rsa2048-sign.pem")),
            ("decrypt_key", include_str!("../../../keys/cmcc-rsa2048-decrypt.pem")),
            ("platform_key", PLATFORM_KEY),
        ],
    },
    App {
        name: "cmcc-key-type-1",
        provider: "cmcc",
        zh: "移动认证，本机号码校验用 keyType 1（RSA），以 Base64 传输",
        en: "China Mobile, numbers checked under keyType 1 (RSA), written in Base64",
        options: &[
            ("app_id", "300014620173"),
            ("app_key", "8D15C7A2F94E4063B7D20E6A5C13F98B"),
            ("private_key", include_str!("../../../keys/cmcc-key-type-1.pem")),
            ("platform_key", PLATFORM_KEY),
            ("key_type", "1"),
        ],
    },
    App {
        name: "cmcc-key-type-1-hex",
        provider: "cmcc",
        zh: "移动认证，本机号码校验用 keyType 1（RSA），以十六进制传输",
        en: "China Mobile, numbers checked under keyType 1 (RSA), written in hex",
        options: &[
            ("app_id", "300015038846"),
            ("app_key", "24B9E06F7A1D4C58930BF1E8D65A7C42"),
            ("private_key", include_str!("../../../keys/cmcc-key-type-1-hex.pem")),
            ("platform_key", PLATFORM_KEY),
            ("key_type", "1"),
            ("rsa_encoding", "hex"),
        ],
    },
];

/// The key that the portal shows as 平台公钥, to be copied into a client's settings.
const PLATFORM_KEY: &str = include_str!("../../../keys/cmcc-platform.pub.pem");
