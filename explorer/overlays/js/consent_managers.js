// Consent managers and tours by the names that their makers gave them: where they show themselves, then what
// refuses, closes and, when there is no other way, accepts.
const MANAGERS = [
  [
    "#onetrust-banner-sdk, #onetrust-pc-sdk",
    "#onetrust-reject-all-handler, .ot-pc-refuse-all-handler",
    ".onetrust-close-btn-handler, #close-pc-btn-handler",
    "#onetrust-accept-btn-handler",
  ],
  [
    "#CybotCookiebotDialog",
    "#CybotCookiebotDialogBodyButtonDecline, #CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll",
    ".CybotCookiebotBannerCloseButton",
    "#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll, #CybotCookiebotDialogBodyButtonAccept",
  ],
  [
    "#usercentrics-root, #usercentrics-cmp-ui, #uc-center-container",
    "[data-testid=uc-deny-all-button], #deny, #uc-btn-deny-banner",
    "[data-testid=uc-close-button]",
    "[data-testid=uc-accept-all-button], #accept, #uc-btn-accept-banner",
  ],
  [
    "#didomi-popup, #didomi-notice",
    "#didomi-notice-disagree-button, .didomi-continue-without-agreeing",
    "",
    "#didomi-notice-agree-button",
  ],
  [
    ".qc-cmp2-container, #qc-cmp2-container",
    "",
    ".qc-cmp2-close-icon",
    ".qc-cmp2-summary-buttons [mode=primary]",
  ],
  [
    ".klaro .cookie-notice, .klaro .cookie-modal",
    ".cn-decline, .cm-btn-decline",
    ".cookie-modal .hide",
    ".cm-btn-success, .cm-btn-accept",
  ],
  [
    ".osano-cm-dialog, .osano-cm-window",
    ".osano-cm-denyAll, .osano-cm-button--type_denyAll, .osano-cm-deny",
    ".osano-cm-close, .osano-cm-dialog__close",
    ".osano-cm-accept-all, .osano-cm-accept",
  ],
  [
    ".cky-consent-container, .cky-modal, #cookie-law-info-bar",
    ".cky-btn-reject, #cookie_action_close_header_reject",
    ".cky-banner-btn-close",
    ".cky-btn-accept, #cookie_action_close_header",
  ],
  [".cmplz-cookiebanner", ".cmplz-deny", ".cmplz-close", ".cmplz-accept"],
  ["#iubenda-cs-banner", ".iubenda-cs-reject-btn", ".iubenda-cs-close-btn", ".iubenda-cs-accept-btn"],
  [
    "#BorlabsCookieBox, #BorlabsCookieBoxWrap, .brlbs-cmpnt-container",
    "[data-cookie-refuse], .brlbs-btn-accept-only-essential",
    "",
    "[data-cookie-accept-all], .brlbs-btn-accept-all",
  ],
  [
    "#truste-consent-track, #trustarc-banner-container, #consent_blackbar",
    "#truste-consent-required",
    ".truste-close-button",
    "#truste-consent-button",
  ],
  [".fc-consent-root", ".fc-cta-do-not-consent", ".fc-close", ".fc-cta-consent"],
  ["#cookiescript_injected", "#cookiescript_reject", "#cookiescript_close", "#cookiescript_accept"],
  [".cc-window, .cc-banner", ".cc-deny", ".cc-close", ".cc-allow, .cc-dismiss"],
  [
    "#cc-main .cm, #cm, #c-bns",
    "[data-role=necessary], #c-s-bn",
    ".cm__btn--close",
    "[data-role=all], #c-p-bn",
  ],
  [
    "#tarteaucitronAlertBig, #tarteaucitronRoot",
    "#tarteaucitronAllDenied2",
    "#tarteaucitronCloseCross",
    "#tarteaucitronPersonalize2",
  ],
  [".cookiefirst-root", "[data-cookiefirst-action=reject]", "", "[data-cookiefirst-action=accept]"],
  [
    "#hs-eu-cookie-confirmation",
    "#hs-eu-decline-button",
    "#hs-eu-close-button",
    "#hs-eu-confirmation-button",
  ],
  ["#sliding-popup", ".decline-button", ".eu-cookie-compliance-close-button", ".agree-button"],
  [
    "#moove_gdpr_cookie_info_bar",
    ".moove-gdpr-infobar-reject-btn",
    ".moove-gdpr-infobar-close-btn",
    ".moove-gdpr-infobar-allow-all",
  ],
  ["[id^=sp_message_container]", ".sp_choice_type_13", ".sp_choice_type_15", ".sp_choice_type_11"],
].map(([box, reject, close, accept]) => ({ kind: "consent", box, reject, close, accept }));
const TOURS = [
  [".driver-popover", ".driver-popover-close-btn"],
  [".introjs-tooltip", ".introjs-skipbutton, .introjs-donebutton"],
  [".shepherd-element", ".shepherd-cancel-icon, .shepherd-cancel-link"],
  [".react-joyride__tooltip", "[data-action=skip], [data-action=close]"],
  [".hopscotch-bubble", ".hopscotch-close, .hopscotch-bubble-close"],
  [".ant-tour", ".ant-tour-close"],
  [".reactour__popover", ".reactour__close-button, .reactour__close"],
  [".v-step", ".v-step__button-skip, .v-step__button-stop"],
  [".tg-dialog", ".tg-dialog-close-btn"],
  ["#pendo-guide-container, ._pendo-step-container", "._pendo-close-guide"],
].map(([box, close]) => ({ kind: "tour", box, reject: "", close, accept: "" }));
const KNOWN = [...MANAGERS, ...TOURS];
