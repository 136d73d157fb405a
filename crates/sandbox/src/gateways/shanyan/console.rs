//! The apps of ShanYan's console.

use crate::app::App;

/// An app with a `channel` has a phone SDK of 2.3.0 or later (V2), one without an older one (V1).
pub(super) const APPS: &[App] = &[
    App {
        name: "shanyan",
        provider: "shanyan",
        zh: "闪验，手机号以 DES 加密",
        en: "ShanYan, the number under DES",
        options: &[("app_id", "Xr4gmQ2n"), ("app_key", "k9SbT7wz")],
    },
    App {
        name: "shanyan-rsa1024",
        provider: "shanyan",
        zh: "闪验，控制台填写了 1024 位 RSA 公钥",
        en: "ShanYan, the console holds an RSA key of 1024 bits",
        options: &[
            ("app_id", "Bv7yLc3e"),
            ("app_key", "Qm5nX8pd"),
            ("private_key", include_str!("../../../keys/shanyan-rsa1024.b64")),
        ],
    },
    App {
        name: "shanyan-rsa2048",
        provider: "shanyan",
        zh: "闪验，控制台填写了 2048 位 RSA 公钥",
        en: "ShanYan, the console holds an RSA key of 2048 bits",
        options: &[
            ("app_id", "Hk2wZs9t"),
            ("app_key", "e6RjV4ua"),
            ("private_key", include_str!("../../../keys/shanyan-rsa2048.pem")),
        ],
    },
    App {
        name: "shanyan-v2",
        provider: "shanyan",
        zh: "闪验 V2，Android 应用，手机号以 AES 加密",
        en: "ShanYan V2, an Android app, the number under AES",
        options: &[("app_id", "t3VqBz8N"), ("app_key", "p7YkHd2s"), ("channel", "app")],
    },
    App {
        name: "shanyan-v2-ios",
        provider: "shanyan",
        zh: "闪验 V2，同一产品的 iOS 应用",
        en: "ShanYan V2, the iOS app of the same product",
        options: &[("app_id", "mW5cRx6J"), ("app_key", "u9FgTn4v"), ("channel", "app")],
    },
    App {
        name: "shanyan-v2-rsa",
        provider: "shanyan",
        zh: "闪验 V2，请求 RSA 加密的手机号",
        en: "ShanYan V2, the number asked for under RSA",
        options: &[
            ("app_id", "Lz8hQs3D"),
            ("app_key", "c2XmPw7b"),
            ("channel", "app"),
            ("encrypt_type", "rsa"),
            ("private_key", include_str!("../../../keys/shanyan-v2-rsa.pem")),
        ],
    },
    App {
        name: "shanyan-web",
        provider: "shanyan",
        zh: "闪验 V2，H5 网页",
        en: "ShanYan V2, a web page",
        options: &[("app_id", "Jd6nUy5K"), ("app_key", "r4GtVe9a"), ("channel", "web")],
    },
    App {
        name: "shanyan-wxprog",
        provider: "shanyan",
        zh: "闪验 V2，微信小程序",
        en: "ShanYan V2, a WeChat mini-program",
        options: &[("app_id", "Gy2bKf7S"), ("app_key", "h8MzCj3w"), ("channel", "wxprog")],
    },
];
