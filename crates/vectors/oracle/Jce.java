import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Answers one question a line with the JDK's own cryptography; bytes travel as hex, a refusal as {@code !Exception}. */
public final class Jce {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = answer(line.split(" ", -1));
            } catch (Exception refusal) {
                answer = "!" + refusal.getClass().getSimpleName();
            }
            System.out.println(answer);
        }
    }

    private static String answer(String[] q) throws Exception {
        return switch (q[0]) {
            case "encrypt" -> hex(cipher(Cipher.ENCRYPT_MODE, q).doFinal(bytes(q[4])));
            case "decrypt" -> hex(cipher(Cipher.DECRYPT_MODE, q).doFinal(bytes(q[4])));
            case "hmac" -> {
                var mac = Mac.getInstance(q[1]);
                mac.init(new SecretKeySpec(bytes(q[2]), q[1]));
                yield hex(mac.doFinal(bytes(q[3])));
            }
            case "digest" -> hex(MessageDigest.getInstance(q[1]).digest(bytes(q[2])));
            case "rsa-open" -> {
                var cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
                cipher.init(Cipher.DECRYPT_MODE, key(q[1]));
                yield hex(cipher.doFinal(bytes(q[2])));
            }
            case "rsa-sign" -> {
                var signature = Signature.getInstance("SHA256withRSA");
                signature.initSign(key(q[1]));
                signature.update(bytes(q[2]));
                yield hex(signature.sign());
            }
            case "beijing" -> DateTimeFormatter.ofPattern("uuuuMMddHHmmssSSS")
                    .withZone(ZoneOffset.ofHours(8)).format(Instant.ofEpochMilli(Long.parseLong(q[1])));
            default -> throw new IllegalArgumentException(q[0]);
        };
    }

    /** {@code q}: encrypt or decrypt, transformation, key, iv, data. */
    private static Cipher cipher(int mode, String[] q) throws Exception {
        var cipher = Cipher.getInstance(q[1]);
        cipher.init(mode, new SecretKeySpec(bytes(q[2]), q[1].split("/")[0]), new IvParameterSpec(bytes(q[3])));
        return cipher;
    }

    private static java.security.PrivateKey key(String pkcs8) throws Exception {
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes(pkcs8)));
    }

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }
}
