use super::*;

#[test]
fn a_message_is_signed_as_the_specification_shows() {
    // The example of the reference libraries' own tests.
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let at = Time::from_micros(1_614_265_330_000_000);
    let headers = headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#).unwrap();
    assert_eq!(headers[1].1, "1614265330");
    assert_eq!(headers[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_secret_that_is_made_is_one_that_is_taken() {
    check_secret(&secret(&[7; SECRET_BYTES])).unwrap();
    for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
        assert_eq!(check_secret(wrong).unwrap_err().field.as_deref(), Some("secret"), "{wrong}");
    }
}
