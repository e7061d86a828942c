use super::*;
use Sensitivity::{Confidential, General, Secret, UltraSecret};

fn all_are(expected: Sensitivity, texts: &[&str]) {
    for text in texts {
        assert_eq!(signs(text).by_rules, expected, "{text}");
    }
}

#[test]
fn card_numbers_are_secret_by_their_check_digit_or_their_name() {
    all_are(
        Secret,
        &[
            "4111 1111 1111 1111",
            "she read out 5555-5555-5555-4444 to me",
            "3782 822463 10005",
            "my card: 1234567890123",
        ],
    );
    all_are(General, &["ISBN 9780131103627", "the order number is 4012 8888 1881", "parcel 1718000000000 is here"]);
}

#[test]
fn account_numbers_are_secret() {
    all_are(
        Secret,
        &[
            "pay to DE89 3704 0044 0532 0130 00 please",
            "PT50 0002 0123 1234 5678 9015 4",
            "account 12345678, sort code 20-00-00",
        ],
    );
    all_are(General, &["the flight is LH 1176 from gate 22", "on account of 300 people", "my account was closed"]);
}

#[test]
fn numbers_of_papers_are_secret_and_talk_of_papers_is_not() {
    all_are(
        Secret,
        &[
            "her ssn is 219-09-9999",
            "219-09-9999",
            "QQ 12 34 56 C is his national insurance number",
            "passport C01X00T47",
            "my driving licence number is MORGA657054SM9IJ",
            "NIF 234567899",
            "her identity card, AVX 882 190, was found",
        ],
    );
    all_are(
        General,
        &["my passport expires in 2027", "my id card is in the drawer", "I need a new passport by Friday"],
    );
}

#[test]
fn a_stated_password_is_secret() {
    all_are(
        Secret,
        &[
            "the wifi password is marmalade",
            "Password: hunter2",
            "my pin: 1234",
            "the code for the side gate is 4471#",
            "PIN for the blue card is oh-seven-one-nine",
            "DB_PASSWORD=crumb",
            "log in with the password snowdrop",
            "we use the passphrase correct horse battery staple",
            "\"nightingale\" is what you say, that's the password",
            "snowball is my password",
            "the safe opens with left 12, right 34, left 5",
            "router: admin / Teapot_5",
            "type 6620 to disarm the alarm",
            "I set the laptop's password to sunflower",
            "Mein Passwort ist Apfelmus9",
            "the password is the name of our first dog",
            "the door code is 1984",
            "the PIN is 4 4 7 1",
        ],
    );
}

#[test]
fn talk_of_passwords_and_codes_is_general() {
    all_are(
        General,
        &[
            "I forgot my password again",
            "the secret is butter",
            "the password was changed by IT",
            "my password is too long",
            "what's the door code?",
            "use a password manager and never share your PIN",
            "the zip code is 90210",
            "it printed error code 50312",
            "the promo code is SAVE20",
            "the key is under the mat",
            "the alarm is set for 6:30",
            "I refactored the code in 4000 lines",
            "can you keep a secret?",
            "long passwords are better than complicated ones",
            "charged per token by GPT-4o",
            "the door closed with a bang in 2019",
            "reset the password, please",
        ],
    );
}

#[test]
fn keys_and_tokens_are_secret_by_their_form() {
    all_are(
        Secret,
        &[
            "AKIAIOSFODNN7EXAMPLE",
            "it was sk-proj-9aXk27bQ in the log",
            "ghp_16C7e42F292c69",
            "xoxb-2048-teapot",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "-----BEGIN RSA PRIVATE KEY-----",
            "api_key: 9f8b7c6d5e4f",
            "postgres://bob:teapot@db/prod",
            "the webhook secret is 7f3k22lm99xq",
            "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01",
        ],
    );
    all_are(General, &["we use sk-learn for this", "commit 3f786850e387550fdab836ed7e6dc881de23001b broke it"]);
}

#[test]
fn what_opens_everything_is_ultra_secret() {
    all_are(
        UltraSecret,
        &[
            "seed phrase: anchor bottle candle dragon ember forest garden hammer island jungle kettle lantern",
            "the words of my wallet are 1. anchor 2. bottle 3. candle 4. dragon 5. ember 6. forest 7. garden 8. hammer 9. island 10. jungle 11. kettle 12. lantern",
            "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
            "the root password is Quill_and_Ink",
            "the master key of the vault is 7f3c99ab12",
            "log in as root with Krill_800",
            "root / Otter#55",
        ],
    );
    all_are(
        General,
        &[
            "the root cause was a full disk",
            "she has a master's degree",
            "sha256 4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
            "never write your seed phrase on paper",
            "who has the root password?",
            "my wallet was stolen on the tram",
        ],
    );
}

#[test]
fn health_law_money_love_and_addresses_are_confidential() {
    all_are(
        Confidential,
        &[
            "I was diagnosed with asthma",
            "she is in hospital",
            "my blood pressure is high",
            "he is seeing a therapist",
            "my lawyer called",
            "they were sued",
            "he has to appear in court",
            "I earn 58k a year",
            "we owe the bank 3,000",
            "my savings are gone",
            "she slept with him",
            "he cheated on her",
            "mail me at ana@example.org",
            "call me on 555-0178",
            "we live at 14 Alder Lane",
            "I live at 22 now",
            "Rua das Flores 12",
        ],
    );
}

#[test]
fn ordinary_talk_is_general() {
    all_are(
        General,
        &[
            "",
            "the tennis court is closed",
            "my sister works at the hospital as a cook",
            "you owe me a coffee",
            "this soup costs 12 euros",
            "the office is above the dentist",
            "he is a history teacher",
            "we lent them the ladder",
            "the team lost 3-0",
            "platform 3 at 18:45",
            "we walked 12 miles and saw 3 deer",
            "2023-05-14 was a Sunday",
        ],
    );
}
