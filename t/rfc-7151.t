#!/usr/bin/perl
# Transcript tier, no root: RFC 7151, the HOST command. Each test is a row of
# t/conformance/TABLE. The names of the TLS handshake are in t/tls-host.t.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { ftpd_banner => 'Nobody in particular' });
my $hosts = "$server->{dir}/conf/host.d";

mkdir $hosts or die "host.d: $!";
for my $name ('ftp.example.com', 'localhost', 'xn--bcher-kva.example', '3com') {
	mkdir "$hosts/$name" or die "$name: $!";
	$server->write_conf("host.d/$name/10.conf", { ftpd_banner => $name });
}

requirement 'RFC 7151 3.1: the command word and the name are case-independent' => sub {
	my $c = session($server);

	gives($c, $_, 220) for 'HOST ftp.example.com', 'host FTP.EXAMPLE.COM',
	    'HoSt Ftp.Example.Com';
};
requirement 'RFC 7151 3.1: names are labels of letters, digits and hyphens' => sub {
	my $c = session($server);

	gives($c, "HOST $_", 220) for 'localhost', '3com';
	gives($c, "HOST $_", 501) for '-a.example', 'a-.example', 'a..example',
	    '.example', 'a b', 'a_b.example', 'a/b', "b\xc3\xbccher.example", '..';
};
requirement 'RFC 7151 3.1: internationalized names come in Punycode' => sub {
	gives(session($server), 'HOST xn--bcher-kva.example', 220);
};
requirement 'RFC 7151 3.1: a label has up to 63 octets, a name up to 253' => sub {
	my $c = session($server);
	my $label = 'a' x 63;

	gives($c, "HOST $label.example", 504);
	gives($c, "HOST a$label.example", 501);
	gives($c, 'HOST ' . join('.', ($label) x 3, 'a' x 61), 504);
	gives($c, 'HOST ' . join('.', ($label) x 3, 'a' x 62), 501);
};
requirement 'RFC 7151 3.1: a name with the dot of the root is the same' => sub {
	gives(session($server), 'HOST ftp.example.com.', 220);
};
requirement 'RFC 7151 3.1: the address that was called may be given' => sub {
	gives(session($server), 'HOST 127.0.0.1', 220);
};
requirement 'RFC 7151 3.1: IPv6 addresses are in brackets' => sub {
	my $c = session($server);

	gives($c, 'HOST [::ffff:127.0.0.1]', 220);
	gives($c, "HOST $_", 501) for '::1', '[::1', '::1]', '[]', '[x]', '[';
	gives($c, 'HOST [::1]', 504);
};
requirement 'RFC 7151 3.1: another address than that of the server is 504' => sub {
	my $c = session($server);

	gives($c, "HOST $_", 504) for '192.0.2.1', '[2001:db8::1]', '127.0.0.2';
};
requirement 'RFC 7151 3.1: a port is 501' => sub {
	my $c = session($server);

	gives($c, "HOST $_", 501) for 'ftp.example.com:21', '127.0.0.1:21',
	    '[::1]:21';
};
requirement 'RFC 7151 3.2: 220 as for the greeting, with that of the host' => sub {
	my $c = session($server);

	same((gives($c, 'HOST ftp.example.com', 220))[0], '220 ftp.example.com',
	    'HOST');
};
requirement 'RFC 7151 3.2: of several HOST commands the last counts' => sub {
	my $c = session($server);

	same((gives($c, "HOST $_", 220))[0], "220 $_", $_)
	    for 'ftp.example.com', 'localhost', '3com', 'ftp.example.com';
	gives($c, 'HOST no.example', 504);
	$c->login('alice');
};
requirement 'RFC 7151 3.2: after the login HOST is 503' => sub {
	my $c = session($server);

	$c->login('alice');
	gives($c, 'HOST ftp.example.com', 503);
	gives($c, 'HOST no.example', 503);
};
requirement 'RFC 7151 3.2: who does not send HOST is served' => sub {
	session($server)->login('alice');
};
requirement 'RFC 7151 3.2.1: REIN resets HOST' => sub {
	my $c = session($server);

	gives($c, 'HOST ftp.example.com', 220);
	same((gives($c, 'REIN', 220))[0], '220 Nobody in particular', 'REIN');
	gives($c, 'HOST localhost', 220);
};
requirement 'RFC 7151 3.2.2: HOST between USER and PASS begins the login anew' => sub {
	my $c = session($server);

	gives($c, 'USER alice', 331);
	gives($c, 'HOST ftp.example.com', 220);
	gives($c, 'PASS secret', 503);
	$c->login('alice');
};
requirement 'RFC 7151 3.3: a host that is not known is 504' => sub {
	gives(session($server), 'HOST no.example.com', 504);
};
requirement 'RFC 7151 3.3: no argument is 501' => sub {
	gives(session($server), 'HOST', 501);
};
requirement 'RFC 7151 3.4: FEAT has HOST' => sub {
	my @lines = gives(session($server), 'FEAT', 211);

	same((grep { $_ eq ' HOST' } @lines) + 0, 1, 'HOST');
};
$server->done;
done_testing;
