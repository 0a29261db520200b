//! What a client's name for itself says of the device, roughly: for its owner to recognise, never to decide by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    pub kind: DeviceKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// As the client sent it.
    pub user_agent: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Desktop,
    Phone,
    Tablet,
    Other,
}

/// The first mark that is found counts: derived systems name what they come from, too.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Nearly everybody claims to be Safari, and most to be Chrome.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

impl Device {
    pub fn of(user_agent: &str) -> Self {
        let find = |marks: &[(&str, &str)]| {
            let found = marks.iter().find(|(mark, _)| user_agent.contains(mark));
            found.map(|(_, name)| (*name).to_owned())
        };
        let os = find(&SYSTEMS);
        let kind = match os.as_deref() {
            Some("iOS") => DeviceKind::Phone,
            Some("iPadOS") => DeviceKind::Tablet,
            Some("Android") if user_agent.contains("Mobile") => DeviceKind::Phone,
            Some("Android") => DeviceKind::Tablet,
            Some(_) => DeviceKind::Desktop,
            None => DeviceKind::Other,
        };
        Self { kind, os, browser: find(&BROWSERS), user_agent: user_agent.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_devices_are_recognised_and_unusual_ones_shown_as_they_are() {
        let cases = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
                (DeviceKind::Desktop, Some("Windows"), Some("Edge")),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                (DeviceKind::Phone, Some("iOS"), Some("Safari")),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/131.0.0.0 Mobile Safari/537.36",
                (DeviceKind::Phone, Some("Android"), Some("Chrome")),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
                (DeviceKind::Desktop, Some("Linux"), Some("Firefox")),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.1 Safari/605.1.15",
                (DeviceKind::Desktop, Some("macOS"), Some("Safari")),
            ),
            ("our-own-app", (DeviceKind::Other, None, None)),
            ("", (DeviceKind::Other, None, None)),
        ];
        for (agent, (kind, os, browser)) in cases {
            let device = Device::of(agent);
            let seen = (device.kind, device.os.as_deref(), device.browser.as_deref());
            assert_eq!(seen, (kind, os, browser), "{agent}");
            assert_eq!(device.user_agent, agent);
        }
    }
}
