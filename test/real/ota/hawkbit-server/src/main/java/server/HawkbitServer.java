package server;

import org.eclipse.hawkbit.autoconfigure.security.EnableHawkbitManagedSecurityConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** hawkBit's management API and device API in one process; everything else is said on its command line. */
@SpringBootApplication
@EnableHawkbitManagedSecurityConfiguration
public class HawkbitServer {
    public static void main(String[] arguments) {
        SpringApplication.run(HawkbitServer.class, arguments);
    }
}
